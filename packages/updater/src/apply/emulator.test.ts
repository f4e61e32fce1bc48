import { openAws } from "@sluice/aws";
import type { Artifact, ResolvedEnvironment, RunContext, TargetReport } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dyingDoor, type Emulated, openEmulated, type Place, zipOf } from "../testing/emulated.ts";
import { deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let emulated: Emulated;
let oldZip: Uint8Array;
let newZip: Uint8Array;

beforeAll(async () => {
  [scene, emulated, oldZip, newZip] = await Promise.all([
    openScene(),
    openEmulated(),
    zipOf("old"),
    zipOf("new"),
  ]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

/** A function with the old code and, when named, an alias on its first version. */
async function provisioned(name: string, alias?: string, place?: Place): Promise<Artifact> {
  await emulated.createFunction(name, oldZip, place);
  if (alias !== undefined) await emulated.createAlias(name, alias, place);
  return scene.artifact(name, newZip);
}

async function run(
  artifacts: readonly Artifact[],
  environment: Partial<ResolvedEnvironment>,
  place?: Place,
): Promise<readonly TargetReport[]> {
  const context = emulated.context(scene.folder, place);
  return (await deploy(updateExisting(), scene.input(artifacts, environment), context)).rows;
}

/** What is live, asked of the emulator and not of the code under test. */
async function live(context: RunContext, name: string, alias?: string, region = "eu-west-1") {
  const { lambda } = openAws(context, { region, profile: null, role: null });
  const qualifier = alias === undefined ? {} : { Qualifier: alias };
  const { Configuration } = await lambda.getFunction({ FunctionName: name, ...qualifier });
  const { Versions = [] } = await lambda.listVersionsByFunction({ FunctionName: name });
  const published = Versions.filter(({ Version }) => Version !== "$LATEST");
  return {
    version: Configuration?.Version,
    codeSha256: Configuration?.CodeSha256,
    ofDigest: (codeSha256: string) => published.filter(({ CodeSha256 }) => CodeSha256 === codeSha256).length,
  };
}

describe("with an alias", () => {
  it("updates, waits and moves the alias in five calls; then it is unchanged in one", async () => {
    const artifact = await provisioned("aliased", "live");
    const [first] = await run([artifact], { alias: "live" });
    expect(first).toMatchObject({
      outcome: "updated",
      account: "111111111111",
      previousVersion: "1",
      version: "2",
      apiCalls: { GetFunction: 3, UpdateFunctionCode: 1, UpdateAlias: 1 },
    });
    const now = await live(emulated.context(scene.folder), "aliased", "live");
    expect([now.version, now.codeSha256]).toEqual(["2", artifact.manifest.codeSha256]);
    const [second] = await run([artifact], { alias: "live" });
    expect(second).toMatchObject({ outcome: "unchanged", version: "2", apiCalls: { GetFunction: 1 } });
  });

  it("updates and publishes where the alias does not exist", async () => {
    const [row] = await run([await provisioned("no-alias")], { alias: "live" });
    expect(row).toMatchObject({
      outcome: "updated",
      version: "1",
      apiCalls: { GetFunction: 3, UpdateFunctionCode: 1 },
    });
  });

  it("writes where the code comes from to the alias, and to each version when asked to", async () => {
    const artifact = await provisioned("described", "live");
    const context = emulated.context(scene.folder);
    const strategy = updateExisting({ describeVersions: true });
    const { rows } = await deploy(strategy, scene.input([artifact], { alias: "live" }), context);
    expect(rows[0]?.apiCalls).toEqual({
      GetFunction: 3,
      GetAlias: 1,
      UpdateFunctionCode: 1,
      PublishVersion: 1,
      UpdateAlias: 1,
    });
    const { lambda } = openAws(context, { region: "eu-west-1", profile: null, role: null });
    const description = `1.4.0 · 0123456789ab · ${artifact.manifest.digest}`;
    const alias = await lambda.getAlias({ FunctionName: "described", Name: "live" });
    const version = await lambda.getFunction({ FunctionName: "described", Qualifier: "live" });
    expect([alias.Description, version.Configuration?.Description]).toEqual([description, description]);
  });
});

describe("without an alias", () => {
  it("updates in three calls; then it is unchanged in one", async () => {
    const artifact = await provisioned("plain");
    const [first] = await run([artifact], {});
    expect(first).toMatchObject({
      outcome: "updated",
      version: "1",
      apiCalls: { GetFunction: 2, UpdateFunctionCode: 1 },
    });
    expect((await run([artifact], {}))[0]).toMatchObject({
      outcome: "unchanged",
      apiCalls: { GetFunction: 1 },
    });
  });

  it("reads several by one list", async () => {
    const artifacts = await Promise.all(["list-a", "list-b", "list-c"].map((name) => provisioned(name)));
    const rows = await run(artifacts, {});
    expect(rows.map(({ outcome }) => outcome)).toEqual(["updated", "updated", "updated"]);
    const again = await run(artifacts, {});
    expect(again.map(({ apiCalls }) => apiCalls)).toEqual([{ ListFunctions: 1 }, {}, {}]);
  });

  it("takes a function for absent that is not there, and creates none", async () => {
    const artifact = await scene.artifact("nowhere", newZip);
    for (const alias of [null, "live"]) {
      const [row] = await run([artifact], { alias });
      expect(row).toMatchObject({ outcome: "absent", apiCalls: { GetFunction: alias === null ? 1 : 2 } });
    }
  });

  it("takes the name as an ARN", async () => {
    const artifact = await provisioned("by-arn");
    const nameTemplate = "arn:aws:lambda:eu-west-1:111111111111:function:{function}";
    expect((await run([artifact], { nameTemplate }))[0]).toMatchObject({
      outcome: "updated",
      target: nameTemplate.replace("{function}", "by-arn"),
    });
  });
});

describe("several places", () => {
  it("updates in two regions at once, and knows the one from the other", async () => {
    const regions = ["eu-west-1", "us-east-1"];
    const [artifact] = await Promise.all(regions.map((region) => provisioned("both", "live", { region })));
    if (artifact === undefined) throw new Error("no artifact");
    const context = emulated.context(scene.folder);
    const { rows } = await deploy(
      updateExisting(),
      scene.input([artifact], { alias: "live", regions }),
      context,
    );
    expect(rows.map(({ region, outcome }) => `${region} ${outcome}`)).toEqual([
      "eu-west-1 updated",
      "us-east-1 updated",
    ]);
    const moments = context.events.flatMap((event) => (event.type === "target" ? [event.status] : []));
    expect(moments.indexOf("done")).toBeGreaterThan(moments.lastIndexOf("start"));
    const missing = await run([await provisioned("one-region")], { regions });
    expect(missing.map(({ outcome }) => outcome)).toEqual(["updated", "absent"]);
  });

  it("updates the account of its credentials alone", async () => {
    const [prod, dev] = [{ account: "222222222222" }, { account: "111111111111" }];
    const artifact = await provisioned("accounts", "live", prod);
    await provisioned("accounts", "live", dev);
    const [row] = await run([artifact], { alias: "live" }, prod);
    expect(row).toMatchObject({ outcome: "updated", account: "222222222222" });
    const untouched = await live(emulated.context(scene.folder, dev), "accounts", "live");
    expect([untouched.version, untouched.ofDigest(artifact.manifest.codeSha256)]).toEqual(["1", 0]);
  });
});

describe("a store in S3", () => {
  it("is given the zip once, and Lambda fetches it from there", async () => {
    await emulated.createBucket("artifacts-of-tests");
    const artifact = await provisioned("stored", "live");
    const environment = { alias: "live", store: "s3://artifacts-of-tests/releases" };
    const [row] = await run([artifact], environment);
    expect(row).toMatchObject({ outcome: "updated", version: "2" });
    expect(row?.apiCalls).toMatchObject({ GetFunction: 3, UpdateFunctionCode: 1, UpdateAlias: 1 });
    const now = await live(emulated.context(scene.folder), "stored", "live");
    expect(now.codeSha256).toBe(artifact.manifest.codeSha256);
    expect((await run([artifact], environment))[0]?.apiCalls).toEqual({ GetFunction: 1 });
  });
});

describe("two runs on one function", () => {
  it("one wins, the other says conflict", async () => {
    const theirs = await zipOf("theirs");
    for (const round of [1, 2, 3]) {
      const name = `race-${round}`;
      const artifacts = [await provisioned(name, "live"), await scene.artifact(name, theirs)];
      const runs = await Promise.all(
        artifacts.map(async (artifact) => {
          const [strategy, context] = [updateExisting(), emulated.context(scene.folder)];
          const input = scene.input([artifact], { alias: "live" });
          return { strategy, context, input, changes: (await strategy.plan(input, context)) ?? [] };
        }),
      );
      const rows = await Promise.all(
        runs.map(
          async ({ strategy, context, input, changes }) =>
            (await strategy.apply({ ...input, changes }, context))[0],
        ),
      );
      expect(rows.map((row) => row?.outcome).sort()).toEqual(["conflict", "updated"]);
      const winner = rows.find((row) => row?.outcome === "updated");
      const now = await live(emulated.context(scene.folder), name, "live");
      expect([now.version, now.codeSha256]).toEqual(["2", winner?.codeSha256]);
    }
  });
});

describe("a run that is killed at any call", () => {
  const cases = (["before", "after"] as const).flatMap((moment) =>
    [1, 2, 3, 4, 5].map((k) => ({ moment, k })),
  );

  it.each([{}, { describeVersions: true }])("is completed by the next: %j", async (options) => {
    const prefix = `killed-${Object.keys(options).length}`;
    const converged = cases.map(async ({ moment, k }) => {
      const name = `${prefix}-${moment}-${k}`;
      const artifact = await provisioned(name, "live");
      const input = scene.input([artifact], { alias: "live" });
      const door = dyingDoor(k, moment);
      await deploy(updateExisting(options, door), input, emulated.context(scene.folder));
      expect(door.died(), name).toBe(true);
      const { rows } = await deploy(updateExisting(options), input, emulated.context(scene.folder));
      const now = await live(emulated.context(scene.folder), name, "live");
      return [
        name,
        rows[0]?.error,
        now.codeSha256 === artifact.manifest.codeSha256,
        now.ofDigest(artifact.manifest.codeSha256),
      ];
    });
    for (const [name, ...found] of await Promise.all(converged))
      expect(found, String(name)).toEqual([null, true, 1]);
  });
});

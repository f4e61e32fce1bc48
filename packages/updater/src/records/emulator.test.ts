import type { Lease } from "@sluice/artifact";
import { openAws } from "@sluice/aws";
import type { ApplyInput, ResolvedEnvironment } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentsOf } from "../code/package-code.ts";
import { type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";
import { actorOf } from "./actor.ts";
import { environmentHolder, holdEnvironment } from "./hold-environment.ts";

let scene: Scene;
let emulated: Emulated;
beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 240_000);
afterAll(async () => {
  await emulated?.stop();
  await scene?.dispose();
});

const REGIONS = ["us-east-1", "eu-west-1"];
const COMMIT = "c".repeat(40);

async function deployed(name: string, environment: Partial<ResolvedEnvironment>, zip: Uint8Array) {
  const context = emulated.context(scene.folder);
  const plain = scene.input([await scene.artifact(name, zip)], { alias: "live", ...environment });
  const [region = ""] = REGIONS;
  const aws = openAws(context, { region, profile: null, role: null });
  const actor = () => actorOf(context, aws);
  const input = { ...plain, ref: { ...plain.ref, commit: COMMIT }, actor };
  const strategy = updateExisting();
  const changes = (await strategy.plan(input, context)) ?? [];
  const rows = await strategy.apply({ ...input, changes } as ApplyInput, context);
  const deployments = (at: string) => {
    const opened = deploymentsOf(input, openAws(context, { region: at, profile: null, role: null }));
    if (opened === null) throw new Error("no store");
    return opened;
  };
  return { rows, context, deployments };
}

describe("a bucket for each region", () => {
  it("holds what its region needs, and tells what was deployed there", async () => {
    for (const region of REGIONS) {
      await emulated.createBucket(`artifacts-${region}`, { region });
      await emulated.createFunction("orders", await zipOf("old"), { region });
      await emulated.createAlias("orders", "live", { region });
    }
    const zip = await zipOf("new");
    const environment = { regions: REGIONS, store: "s3://artifacts-{region}/team" };
    const { rows, deployments } = await deployed("orders", environment, zip);
    expect(rows.map(({ region, outcome, error }) => [region, outcome, error])).toEqual(
      REGIONS.map((region) => [region, "updated", null]),
    );
    for (const region of REGIONS) {
      const place = { environment: "dev", target: "orders", region };
      const [summary, ...others] = await deployments(region).list(place);
      expect(others).toEqual([]);
      if (summary === undefined) throw new Error("no record");
      expect(await deployments(region).read(summary)).toMatchObject({
        outcome: "live",
        version: "2",
        commit: COMMIT,
        account: "111111111111",
        predecessor: { version: "1" },
        who: { identity: expect.stringContaining("111111111111") },
      });
      expect(await deployments(region).readCommit("dev", COMMIT)).toMatchObject([{ region, version: "2" }]);
    }
    const again = await deployed("orders", environment, zip);
    expect(again.rows.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
  }, 60_000);

  it("that is in another one is refused, with that one's name", async () => {
    await emulated.createBucket("elsewhere", { region: "us-east-1" });
    await emulated.createFunction("lost", await zipOf("old"));
    const work = deployed("lost", { store: "s3://elsewhere", alias: null }, await zipOf("new"));
    const problem = await work.then(
      ({ rows }) => rows[0]?.error,
      (error: unknown) => error,
    );
    expect(problem).toMatchObject({
      code: "SLUICE_BUCKET_REGION",
      message: expect.stringContaining("is in us-east-1, not in eu-west-1"),
    });
  });
});

describe("the lease of an environment in S3", () => {
  const place = (store: string | null, lease = true) => scene.input([], { regions: REGIONS, store, lease });
  const atOnce = { waitMs: 0, onWait: () => {} };

  it("is one run's, who is named, until it is released", async () => {
    await emulated.createBucket("leases");
    const context = emulated.context(scene.folder);
    const input = place("s3://leases/team");
    const held = await holdEnvironment(input, context, "deploy", atOnce);
    expect((await environmentHolder(input, context))?.holder).toMatch(/@.*, sluice deploy$/);
    const other = emulated.context(scene.folder);
    await expect(holdEnvironment(input, other, "rollback", atOnce)).rejects.toMatchObject({
      code: "SLUICE_LEASE_HELD",
      exitCode: 3,
    });
    await held?.release();
    expect(await environmentHolder(input, context)).toBeNull();
    await (await holdEnvironment(input, other, "rollback", atOnce))?.release();
  });

  it("goes from one run to the next where many wait for it", async () => {
    await emulated.createBucket("races");
    const input = place("s3://races");
    let holders = 0;
    const seen: number[] = [];
    const one = async (): Promise<void> => {
      const context = emulated.context(scene.folder);
      const held: Lease | null = await holdEnvironment(input, context, "deploy", {
        ...atOnce,
        waitMs: 50_000,
      });
      holders += 1;
      seen.push(holders);
      await new Promise((done) => setTimeout(done, 3));
      holders -= 1;
      await held?.release();
      expect(held?.signal.aborted).toBe(false);
    };
    await Promise.all(Array.from({ length: 5 }, one));
    expect(seen).toEqual([1, 1, 1, 1, 1]);
  }, 60_000);

  it("is not asked for without a store, or where none is wanted", async () => {
    const context = emulated.context(scene.folder);
    expect(await holdEnvironment(place(null), context, "deploy", atOnce)).toBeNull();
    expect(await holdEnvironment(place("s3://nowhere", false), context, "deploy", atOnce)).toBeNull();
  });

  it("says that there is no bucket", async () => {
    const context = emulated.context(scene.folder);
    await expect(holdEnvironment(place("s3://nowhere"), context, "deploy", atOnce)).rejects.toMatchObject({
      code: "SLUICE_BUCKET_ABSENT",
    });
  });
});

it("keeps everything in the store encrypted with the environment's key", async () => {
  await emulated.createBucket("encrypted");
  await emulated.createFunction("secret", await zipOf("old"));
  await emulated.createAlias("secret", "live");
  const key = "arn:aws:kms:eu-west-1:111111111111:key/12345678-1234-1234-1234-123456789012";
  const environment = { store: "s3://encrypted", kms: { store: key, code: key } };
  const { rows, deployments } = await deployed("secret", environment, await zipOf("new"));
  expect(rows).toMatchObject([{ outcome: "updated" }]);
  const [summary] = await deployments("eu-west-1").list({
    environment: "dev",
    target: "secret",
    region: "eu-west-1",
  });
  const digest = rows[0]?.digest?.slice("sha256:".length);
  for (const path of [summary?.key, `artifacts/sha256/${digest}/secret.zip`]) {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    const { headers } = await fetch(`${emulated.endpoint}/encrypted/${path}`, {
      method: "HEAD",
      headers: { authorization },
    });
    expect(headers.get("x-amz-server-side-encryption")).toBe("aws:kms");
    expect(headers.get("x-amz-server-side-encryption-aws-kms-key-id")).toBe(key);
  }
});

import { openAws, resolveRegions } from "@sluice/aws";
import type { Artifact, LayerArtifact, ResolvedEnvironment, RunContext } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dyingDoor, type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { deployWithLayers, openScene, type Run, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";
import { layers } from "./layers.ts";

let scene: Scene;
let emulated: Emulated;
const zips = new Map<string, Uint8Array>();

beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
  for (const text of ["old", "new", "one", "two"]) zips.set(text, await zipOf(text));
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

const zip = (text: string): Uint8Array => zips.get(text) ?? new Uint8Array();

/** A function of this name that was built against a layer, and the layer's own artifact. */
async function built(name: string, content: string, code = "new"): Promise<Artifact> {
  const layer = await scene.layer(`${name}-shared`, zip(content));
  return { ...(await scene.artifact(name, zip(code))), layers: [layer] };
}

async function run(
  artifacts: readonly Artifact[],
  environment: Partial<ResolvedEnvironment> = {},
  context: RunContext = emulated.context(scene.folder),
): Promise<Run> {
  return deployWithLayers(layers(), updateExisting(), scene.input(artifacts, environment), context);
}

async function versionsOf(name: string) {
  const { lambda } = openAws(emulated.context(scene.folder), {
    region: "eu-west-1",
    profile: null,
    role: null,
  });
  const { LayerVersions = [] } = await lambda.listLayerVersions({ LayerName: name });
  return LayerVersions;
}

async function codeOf(name: string, qualifier?: string) {
  const { lambda } = openAws(emulated.context(scene.folder), {
    region: "eu-west-1",
    profile: null,
    role: null,
  });
  const answer = await lambda.getFunction({
    FunctionName: name,
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
  });
  return answer.Configuration;
}

const arnOf = (name: string, version: number): string =>
  `arn:aws:lambda:eu-west-1:111111111111:layer:${name}:${version}`;

describe("a layer", () => {
  it("is published, told, attached by provisioning, and then costs two reads", async () => {
    await emulated.createFunction("first", zip("old"));
    const artifact = await built("first", "one");
    const { rows } = await run([artifact]);
    const arn = arnOf("first-shared-dev", 1);
    expect(rows[0]).toMatchObject({
      function: "layer:first-shared",
      target: "first-shared-dev",
      account: "111111111111",
      outcome: "updated",
      version: "1",
      previousVersion: null,
      digest: artifact.layers?.[0]?.manifest.digest,
      reason: "first version",
      apiCalls: { ListLayerVersions: 1, PublishLayerVersion: 1 },
      arn,
    });
    expect(rows[1]).toMatchObject({
      outcome: "failed",
      error: { code: "SLUICE_LAYER_NOT_ATTACHED", hint: expect.stringContaining(arn) },
      apiCalls: { GetFunction: 1 },
    });
    expect((await codeOf("first"))?.CodeSha256).not.toBe(artifact.manifest.codeSha256);
    const [version] = await versionsOf("first-shared-dev");
    expect(version).toMatchObject({
      Description: `1.4.0 · 0123456789ab · ${artifact.layers?.[0]?.manifest.digest}`,
      CompatibleRuntimes: ["nodejs22.x"],
      CompatibleArchitectures: ["x86_64"],
    });

    await emulated.attachLayers("first", [arn]);
    const second = await run([artifact]);
    expect(second.rows).toMatchObject([
      {
        outcome: "unchanged",
        version: "1",
        arn,
        apiCalls: { ListLayerVersions: 1, GetLayerVersionByArn: 1 },
      },
      { outcome: "updated", apiCalls: { GetFunction: 2, UpdateFunctionCode: 1 } },
    ]);
    const third = await run([artifact]);
    expect(third.rows).toMatchObject([
      { outcome: "unchanged", apiCalls: { ListLayerVersions: 1, GetLayerVersionByArn: 1 } },
      { outcome: "unchanged", apiCalls: { GetFunction: 1 } },
    ]);
    expect(await versionsOf("first-shared-dev")).toHaveLength(1);
  });

  it("gets a version for other content; the function waits for it, whatever became of its code", async () => {
    await emulated.createFunction("second", zip("old"));
    await run([await built("second", "one")]);
    await emulated.attachLayers("second", [arnOf("second-shared-dev", 1)]);
    await run([await built("second", "one")]);
    const { rows } = await run([await built("second", "two")]);
    expect(rows).toMatchObject([
      { outcome: "updated", version: "2", previousVersion: "1", reason: "content changed" },
      { outcome: "failed", error: { code: "SLUICE_LAYER_NOT_ATTACHED" } },
    ]);
    expect(rows[1]?.error?.message).toContain(`has ${arnOf("second-shared-dev", 1)}`);
    expect(rows[1]?.error?.hint).toContain(`${arnOf("second-shared-dev", 2)} among its Layers`);
  });

  it("may be attached in an older version of the same digest, for one more read", async () => {
    await emulated.createFunction("older", zip("old"));
    await run([await built("older", "one")]);
    await run([await built("older", "two")]);
    await run([await built("older", "one")]);
    expect(await versionsOf("older-shared-dev")).toHaveLength(3);
    await emulated.attachLayers("older", [arnOf("older-shared-dev", 1)]);
    const { rows } = await run([await built("older", "one")]);
    expect(rows).toMatchObject([
      { outcome: "unchanged", version: "3" },
      { outcome: "updated", apiCalls: { GetFunction: 2, GetLayerVersionByArn: 1, UpdateFunctionCode: 1 } },
    ]);
  });

  it("is published once for many functions, in each region", async () => {
    const shared = await scene.layer("many", zip("one"));
    const artifacts = await Promise.all(
      ["many-a", "many-b"].map(async (name) => ({
        ...(await scene.artifact(name, zip("new"))),
        layers: [shared],
      })),
    );
    const { rows } = await run(artifacts, { regions: ["eu-west-1", "us-east-1"] });
    expect(rows.map(({ function: name, region, outcome }) => [name, region, outcome])).toEqual([
      ["layer:many", "eu-west-1", "updated"],
      ["layer:many", "us-east-1", "updated"],
      ["many-a", "eu-west-1", "absent"],
      ["many-b", "eu-west-1", "absent"],
      ["many-a", "us-east-1", "absent"],
      ["many-b", "us-east-1", "absent"],
    ]);
    expect(await versionsOf("many-dev")).toHaveLength(1);
  });

  it("goes by the store's bucket", async () => {
    await emulated.createBucket("layer-artifacts");
    const artifact = await built("stored", "one");
    const { rows } = await run([artifact], { store: "s3://layer-artifacts/x" });
    expect(rows[0]).toMatchObject({ outcome: "updated", version: "1" });
    expect(rows[0]?.apiCalls).toMatchObject({ PutObject: 2, PublishLayerVersion: 1 });
  });

  it("is refused before anything is written when it is too large for a request", async () => {
    const layer = await scene.layer("large", zip("one"), { sizeBytes: 60_000_000 });
    const { changes } = await run([{ ...(await scene.artifact("large", zip("new"))), layers: [layer] }]);
    expect(changes[0]).toMatchObject({
      action: "refuse",
      error: { code: "SLUICE_PACKAGE_TOO_LARGE", where: "layers.large" },
    });
  });
});

describe("a function with an alias", () => {
  it("is published anew when only its layers changed, and then is unchanged", async () => {
    await emulated.createFunction("aliased", zip("old"));
    await emulated.createAlias("aliased", "live");
    await run([await built("aliased", "one")]);
    await emulated.attachLayers("aliased", [arnOf("aliased-shared-dev", 1)]);
    expect((await run([await built("aliased", "one")], { alias: "live" })).rows[1]).toMatchObject({
      outcome: "updated",
      version: "2",
    });
    await run([await built("aliased", "two")]);
    await emulated.attachLayers("aliased", [arnOf("aliased-shared-dev", 2)]);
    const { rows } = await run([await built("aliased", "two")], { alias: "live" });
    expect(rows[1]).toMatchObject({
      outcome: "updated",
      previousVersion: "2",
      version: "3",
      reason: "layers changed",
    });
    const live = await codeOf("aliased", "live");
    expect(live?.Layers?.map(({ Arn }) => Arn)).toEqual([arnOf("aliased-shared-dev", 2)]);
    expect((await run([await built("aliased", "two")], { alias: "live" })).rows[1]).toMatchObject({
      outcome: "unchanged",
      apiCalls: { GetFunction: 1 },
    });
  });
});

describe("a run that ends in the midst", () => {
  it.each([
    [1, "before"],
    [1, "after"],
    [2, "before"],
    [2, "after"],
  ] as const)("is completed by the next one, with one version: call %i, %s", async (k, moment) => {
    const artifact = await built(`killed-${k}-${moment}`, "one");
    const input = scene.input([artifact]);
    const door = dyingDoor(k, moment);
    const context = emulated.context(scene.folder);
    const first = layers(door);
    try {
      const changes = (await first.plan?.(input, context)) ?? [];
      await first.apply?.({ ...input, changes }, context);
    } catch {
      // The process is gone: nobody is there to be told.
    }
    expect(door.died()).toBe(true);
    const next = emulated.context(scene.folder);
    const again = layers({ openAws, resolveRegions });
    const changes = (await again.plan?.(input, next)) ?? [];
    const rows = (await again.apply?.({ ...input, changes }, next)) ?? [];
    expect(rows[0]?.outcome).toMatch(/^(updated|unchanged)$/);
    expect(await versionsOf(`killed-${k}-${moment}-shared-dev`)).toHaveLength(1);
  });
});

it("asks nothing of AWS when no function has a layer", async () => {
  const context = emulated.context(scene.folder);
  expect(await layers().plan?.(scene.input([await scene.artifact("bare", "x")]), context)).toEqual([]);
  const none: readonly LayerArtifact[] = [];
  const artifact = { ...(await scene.artifact("bare", "x")), layers: none };
  expect(await layers().plan?.(scene.input([artifact]), context)).toEqual([]);
});

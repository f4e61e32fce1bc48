import type { Aws, CallCounter, LambdaApi } from "@sluice/aws";
import type { LayerArtifact, TargetReport } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Door } from "../settings.ts";
import { awsError, fakeFunction, fakeLambda, sha } from "../testing/fake-lambda.ts";
import { clockedContext, deployWithLayers, openScene, type Run, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";
import { layers } from "./layers.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const ARN = "arn:aws:lambda:eu-west-1:111111111111:layer:shared-dev";

interface Published {
  readonly version: number;
  readonly codeSha256: string;
}

/** Lambda's edge for layers: throws what `fault` says, before the call is carried out or after it. */
function fakeLayers(
  versions: Published[],
  fault: Partial<Record<string, { before?: unknown; after?: unknown }>>,
) {
  const log: string[] = [];
  const verb =
    (operation: string, carryOut: (input: never) => unknown) =>
    async (input: never, calls: CallCounter = {}): Promise<unknown> => {
      log.push(operation);
      calls[operation] = (calls[operation] ?? 0) + 1;
      const { before, after } = fault[operation] ?? {};
      if (before !== undefined) throw before;
      const answer = carryOut(input);
      if (after !== undefined) throw after;
      return answer;
    };
  const named = ({ version, codeSha256 }: Published) => ({
    LayerVersionArn: `${ARN}:${version}`,
    Version: version,
    Content: { CodeSha256: codeSha256 },
  });
  const api = {
    listLayerVersions: verb("ListLayerVersions", () => ({ LayerVersions: versions.toReversed().map(named) })),
    getLayerVersionByArn: verb("GetLayerVersionByArn", ({ Arn }: { Arn: string }) => {
      const found = versions.find(({ version }) => Arn === `${ARN}:${version}`);
      if (found === undefined) throw awsError("ResourceNotFoundException", 404);
      return named(found);
    }),
    publishLayerVersion: verb("PublishLayerVersion", ({ Content }: { Content: { ZipFile: Uint8Array } }) => {
      const made = { version: versions.length + 1, codeSha256: sha(Content.ZipFile) };
      versions.push(made);
      return named(made);
    }),
  };
  return { api, log };
}

async function run(
  versions: Published[],
  fault: Parameters<typeof fakeLayers>[1] = {},
  attached: string[] = [],
  layer?: LayerArtifact,
): Promise<Run & { readonly log: readonly string[] }> {
  const lambda = fakeLambda(fakeFunction("orders", "old", { Layers: attached.map((Arn) => ({ Arn })) }));
  const { api, log } = fakeLayers(versions, fault);
  const aws = {
    scope: { region: "eu-west-1", profile: null, role: null },
    lambda: { ...lambda.api, ...api } as unknown as LambdaApi,
  } as Aws;
  const door: Door = { openAws: () => aws, resolveRegions: async () => ["eu-west-1"] };
  const artifact = {
    ...(await scene.artifact("orders", "new")),
    layers: [layer ?? (await scene.layer("shared", "built"))],
  };
  const done = await deployWithLayers(
    layers(door),
    updateExisting({}, door),
    scene.input([artifact]),
    clockedContext(scene.folder),
  );
  return { ...done, log };
}

const outcomes = (rows: readonly TargetReport[]) => rows.map(({ outcome, error }) => error?.code ?? outcome);

describe("a publication", () => {
  it("whose answer was lost is found, and not sent again", async () => {
    const lost = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    const { rows, log } = await run([], { PublishLayerVersion: { after: lost } });
    expect(rows[0]).toMatchObject({
      outcome: "updated",
      version: "1",
      arn: `${ARN}:1`,
      reason: "first version; it was published already",
    });
    expect(log.filter((operation) => operation === "PublishLayerVersion")).toHaveLength(1);
  });

  it("that did not arrive is a failure, and functions are told what they miss", async () => {
    const lost = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    const { rows } = await run([], { PublishLayerVersion: { before: lost } });
    expect(rows[0]).toMatchObject({ outcome: "failed", version: null });
    expect(rows[0]?.arn).toBeUndefined();
    expect(rows[1]?.error).toMatchObject({
      code: "SLUICE_LAYER_NOT_ATTACHED",
      message: expect.stringContaining("not published yet"),
    });
  });

  it("that is denied names the action and the layer", async () => {
    const { rows, log } = await run([], {
      PublishLayerVersion: { before: awsError("AccessDeniedException", 403) },
    });
    expect(rows[0]).toMatchObject({
      outcome: "failed",
      error: {
        code: "SLUICE_AWS_DENIED",
        hint: expect.stringMatching(/lambda:PublishLayerVersion.*:layer:shared-dev/),
      },
    });
    expect(log).toEqual(["ListLayerVersions", "PublishLayerVersion"]);
  });

  it("stands back when the newest version has the digest, whoever published it", async () => {
    const { rows, log } = await run([{ version: 7, codeSha256: sha("built") }], {}, [`${ARN}:7`]);
    expect(outcomes(rows)).toEqual(["unchanged", "updated"]);
    expect(log).toEqual(["ListLayerVersions", "GetLayerVersionByArn"]);
  });
});

describe("reading", () => {
  it("takes ResourceNotFoundException for no version at all", async () => {
    const absent = awsError("ResourceNotFoundException", 404);
    const { rows } = await run([], { ListLayerVersions: { before: absent } });
    expect(rows[0]).toMatchObject({ outcome: "updated", version: "1" });
  });

  it("that is denied fails layer and function, and nothing is written", async () => {
    const denied = awsError("AccessDeniedException", 403);
    const { rows, log } = await run([], { ListLayerVersions: { before: denied } });
    expect(outcomes(rows)).toEqual(["SLUICE_AWS_DENIED", "SLUICE_AWS_DENIED"]);
    expect(rows[0]?.error?.hint).toMatch(/lambda:ListLayerVersions/);
    expect(log).toEqual(["ListLayerVersions"]);
  });
});

describe("a layer with machine code", () => {
  it("for another architecture than the function's refuses the deployment", async () => {
    const layer = await scene.layer("shared", "built", {
      compatibleArchitectures: ["arm64"],
      architecture: "arm64",
    });
    const { changes } = await run([], {}, [], layer);
    expect(changes[1]).toMatchObject({
      action: "refuse",
      error: { code: "SLUICE_ARCHITECTURE_MISMATCH", where: "layers.shared.architecture" },
    });
  });
});

describe("what a function has attached", () => {
  it("is not taken for right when that version was deleted, is another layer, or another digest", async () => {
    const newest = { version: 2, codeSha256: sha("built") };
    const first = { version: 1, codeSha256: sha("other") };
    const other = "arn:aws:lambda:eu-west-1:222222222222:layer:others:1";
    for (const attached of [[`${ARN}:9`], [other], [`${ARN}:1`], []]) {
      const { rows } = await run([first, newest], {}, attached);
      expect(outcomes(rows)).toEqual(["unchanged", "SLUICE_LAYER_NOT_ATTACHED"]);
      expect(rows[1]?.error?.hint).toContain(`${ARN}:2`);
    }
    expect(outcomes((await run([first, newest], {}, [other, `${ARN}:2`])).rows)).toEqual([
      "unchanged",
      "updated",
    ]);
  });
});

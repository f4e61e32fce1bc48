import type { Aws } from "@sluice/aws";
import {
  type Change,
  isSluiceError,
  joinErrors,
  type LayerArtifact,
  type PlanInput,
  type RunContext,
  type SluiceError,
  type Target,
} from "@sluice/core";
import pMap from "p-map";
import { goesByBucket } from "../code/package-code.ts";
import { checkStoreRegions } from "../code/store-regions.ts";
import { packageTooLarge } from "../errors.ts";
import { DIRECT_UPLOAD_BYTES } from "../plan/decide.ts";
import type { Door } from "../settings.ts";
import { layerTarget } from "./attachment.ts";
import { type LayerVersion, layerVersions } from "./layer-versions.ts";

/** The name of the plugin, and of its changes. */
export const LAYERS = "layers";

/** What `apply` needs to know of what `plan` saw. */
export interface LayerState {
  /** Of the newest layer version, `null` when there is none. */
  readonly arn: string | null;
}

export type LayerChange = Change<LayerState>;

/** The layers of a run's functions, each once. */
function layersOf({ artifacts }: Pick<PlanInput, "artifacts">): readonly LayerArtifact[] {
  const layers = artifacts.flatMap((artifact) => artifact.layers ?? []);
  return [...new Map(layers.map((layer) => [layer.layer, layer])).values()];
}

/** Names of all layers in a region, with every problem at once. */
function targetsOf(input: PlanInput, layers: readonly LayerArtifact[], region: string): Target[] {
  const errors: SluiceError[] = [];
  const targets = layers.flatMap((layer) => {
    try {
      return [layerTarget(input, layer, region)];
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      errors.push(error);
      return [];
    }
  });
  const problem = joinErrors(errors);
  if (problem !== undefined) throw problem;
  return targets;
}

/**
 * Decides for every layer of the run's functions, in each region, whether a version has to be published: by the digest of the
 * newest one.
 *
 * @throws name problems, SLUICE_STORE_ONE_REGION, and what stops every target: no credentials, no endpoint, an interruption
 */
export async function planLayers(input: PlanInput, context: RunContext, door: Door): Promise<LayerChange[]> {
  const layers = layersOf(input);
  if (layers.length === 0) return [];
  const { profile, role } = input.environment;
  const regions = [...new Set(await door.resolveRegions(context, input.environment))];
  checkStoreRegions(input.environment, regions);
  const all = regions.flatMap((region) => {
    const aws = door.openAws(context, { region, profile, role });
    const targets = targetsOf(input, layers, region);
    return targets.map((target, index) => ({ aws, target, layer: layers[index] }));
  });
  return pMap(
    all.flatMap(({ layer, ...rest }) => (layer === undefined ? [] : [{ layer, ...rest }])),
    ({ aws, target, layer }) => planLayer(input, context, aws, target, layer),
    { concurrency: input.environment.concurrency ?? context.concurrency },
  );
}

type Decision = Pick<Change, "action" | "reason" | "error">;

/** Pure: what is to be done about a layer whose newest version is known. */
function decideLayer(
  newest: LayerVersion | null,
  { manifest }: LayerArtifact,
  target: Target,
  directUpload: boolean,
): Decision {
  if (newest?.codeSha256 === manifest.codeSha256) return { action: "none", reason: "unchanged", error: null };
  if (directUpload && manifest.sizeBytes > DIRECT_UPLOAD_BYTES) {
    const [problem] = packageTooLarge(target, manifest, DIRECT_UPLOAD_BYTES).problems;
    const error = { ...problem, where: `layers.${target.function.slice("layer:".length)}` };
    return { action: "refuse", reason: error.message, error };
  }
  return { action: "update", reason: newest === null ? "first version" : "content changed", error: null };
}

async function planLayer(
  input: PlanInput,
  context: RunContext,
  aws: Aws,
  target: Target,
  layer: LayerArtifact,
): Promise<LayerChange> {
  context.signal.throwIfAborted();
  const started = context.now();
  const versions = layerVersions(aws);
  const change = (newest: LayerVersion | null, decision: Decision): LayerChange => ({
    ...decision,
    target: { ...target, account: newest?.arn.split(":")[4] ?? target.account },
    artifact: layer,
    strategy: LAYERS,
    previousVersion: newest?.version ?? null,
    currentCodeSha256: newest?.codeSha256 ?? null,
    apiCalls: { ...versions.calls(target.target) },
    durationMs: context.now() - started,
    state: { arn: newest?.arn ?? null },
  });
  try {
    const newest = await versions.newest(target);
    return change(newest, decideLayer(newest, layer, target, !goesByBucket(input.environment.store)));
  } catch (error) {
    if (!isSluiceError(error) || error.problems[0].kind !== "target") throw error;
    const [problem] = error.problems;
    return change(null, { action: "fail", reason: "the layer could not be read", error: problem });
  }
}

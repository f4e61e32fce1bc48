import { readFileSync } from "node:fs";
import type { Artifact, ResolvedFunction, ResolvedLayer, RunContext } from "@sluice/core";
import { readZip, type UnpackedFile } from "../../read-zip.ts";
import type { BuildSession, BuildWork } from "../session.ts";
import { type BuiltLayer, buildLayer } from "./build-layer.ts";
import { layerBundlerMissing } from "./errors.ts";
import { checkTogether } from "./fit-together.ts";
import { FOLDERS_ONLY, type LayerKind } from "./layer-kind.ts";

type Builds = Map<string, Promise<BuiltLayer>>;

/** By run: bundlers have sessions of their own, and a layer of folders may be of functions in several languages. */
const runs = new WeakMap<RunContext, WeakMap<readonly ResolvedFunction[], Builds>>();

function buildsOf({ context, all }: BuildSession): Builds {
  const run = runs.get(context) ?? new WeakMap<readonly ResolvedFunction[], Builds>();
  runs.set(context, run);
  const builds = run.get(all) ?? new Map();
  run.set(all, builds);
  return builds;
}

function kindOf<S extends BuildSession>(layer: ResolvedLayer, kinds: readonly LayerKind<S>[]): LayerKind<S> {
  const kind = kinds.find((each) => each.holds(layer));
  if (kind !== undefined) return kind;
  if ((layer.python.requirements ?? []).length > 0) throw layerBundlerMissing(layer.name);
  return FOLDERS_ONLY;
}

/**
 * The layers of a function, in the order of its configuration; each is built once in a run, however many functions, and bundlers, use
 * it.
 *
 * @param kinds - of the languages whose packages the bundler can lay out
 * @throws `SLUICE_LAYER_BUNDLER_MISSING`, and what building a layer throws
 */
export async function builtLayers<S extends BuildSession>(
  session: S,
  fn: ResolvedFunction,
  kinds: readonly LayerKind<S>[],
): Promise<BuiltLayer[]> {
  const known = buildsOf(session);
  // That each exists is a rule of the configuration.
  const layers = fn.layers.flatMap(
    (name) => session.run.config.layers.find((layer) => layer.name === name) ?? [],
  );
  return Promise.all(
    layers.map(async (layer) => {
      const build = known.get(layer.name) ?? buildLayer(session, layer, kindOf(layer, kinds));
      known.set(layer.name, build);
      return build;
    }),
  );
}

/**
 * An artifact with the layers that it was built against.
 *
 * @throws `SLUICE_LAYERS_TOO_LARGE`, `SLUICE_LAYERS_CLASH`, and what building a layer throws
 */
export async function withLayers<S extends BuildSession>(
  { session, fn }: BuildWork<S>,
  artifact: Artifact,
  kinds: readonly LayerKind<S>[],
): Promise<Artifact> {
  if (fn.layers.length === 0) return artifact;
  const layers = (await builtLayers(session, fn, kinds)).map((built) => built.artifact);
  checkTogether(artifact, layers);
  return { ...artifact, layers };
}

/** What Lambda unpacks into `/opt` for a function: the files of its layers, in their order. */
export function unpackedLayer({ artifact }: BuiltLayer): readonly UnpackedFile[] {
  return readZip(readFileSync(artifact.path), artifact.path).entries;
}

import { perSession } from "@sluice/artifact";
import type { Artifact, ResolvedFunction } from "@sluice/core";
import type { Session, Work } from "../session.ts";
import { type BuiltLayer, buildLayer } from "./build-layer.ts";
import type { LayerContents } from "./contents.ts";
import { checkTogether } from "./fit-together.ts";

const buildsIn = perSession(() => new Map<string, Promise<BuiltLayer>>());

/** The layers of a function, in the order of its configuration; each is built once in a run, however many functions use it. */
export function builtLayers(session: Session, fn: ResolvedFunction): Promise<BuiltLayer[]> {
  const known = buildsIn(session);
  const { config } = session.run;
  // That each exists is a rule of the configuration.
  const layers = fn.layers.flatMap((name) => config.layers.find((layer) => layer.name === name) ?? []);
  return Promise.all(
    layers.map((layer) => {
      const build = known.get(layer.name) ?? buildLayer(session, layer, session.run);
      known.set(layer.name, build);
      return build;
    }),
  );
}

/** What a function's bundle leaves to its layers. */
export async function layerContentsOf(session: Session, fn: ResolvedFunction): Promise<LayerContents[]> {
  if (fn.layers.length === 0) return [];
  return (await builtLayers(session, fn)).map(({ contents }) => contents);
}

/**
 * An artifact with the layers that it was built against.
 *
 * @throws `SLUICE_LAYERS_TOO_LARGE`, `SLUICE_LAYERS_CLASH`, and what building a layer throws
 */
export async function withLayers({ session, fn }: Work, artifact: Artifact): Promise<Artifact> {
  if (fn.layers.length === 0) return artifact;
  const layers = (await builtLayers(session, fn)).map((built) => built.artifact);
  checkTogether(artifact, layers);
  return { ...artifact, layers };
}

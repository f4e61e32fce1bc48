import { type BuiltLayer, builtLayers, type LayerKind } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import type { Session } from "../session.ts";
import type { HeldPackage, LayerContents } from "./contents.ts";
import { NODE_LAYERS } from "./node-layers.ts";

/** What layers a session can build: its own, and those that whoever made the bundler gave it. */
export function layerKinds({ otherLayers }: Session): readonly LayerKind<Session>[] {
  return [NODE_LAYERS, ...otherLayers];
}

/** The layers of a function, in the order of its configuration, each built once in a run. */
export function layersOf(session: Session, fn: ResolvedFunction): Promise<BuiltLayer[]> {
  return builtLayers(session, fn, layerKinds(session));
}

/** What a function's bundle leaves to its layers. */
export async function layerContentsOf(session: Session, fn: ResolvedFunction): Promise<LayerContents[]> {
  if (fn.layers.length === 0) return [];
  return (await layersOf(session, fn)).map(({ artifact, kind, held }) => ({
    name: artifact.layer,
    digest: artifact.manifest.digest,
    packages: kind === NODE_LAYERS.name ? (held as readonly HeldPackage[]) : [],
  }));
}

import { type UnpackedFile, unpackedLayer } from "@sluice/artifact";
import type { ResolvedFunction } from "@sluice/core";
import type { Session } from "../session.ts";
import { layersOf } from "./function-layers.ts";

/** What Lambda unpacks into `/opt` for a function. */
export interface UnpackedLayers {
  /** Equal for equal files. */
  readonly id: string;
  /** The files of all layers, in the order in which Lambda unpacks them. */
  readonly read: () => readonly UnpackedFile[];
}

/** The layers of a function for whoever runs its code here; `null` when it has none. */
export async function unpackedLayers(session: Session, fn: ResolvedFunction): Promise<UnpackedLayers | null> {
  if (fn.layers.length === 0) return null;
  const built = await layersOf(session, fn);
  return {
    id: built.map(({ artifact }) => artifact.manifest.digest).join(" "),
    read: () => built.flatMap(unpackedLayer),
  };
}

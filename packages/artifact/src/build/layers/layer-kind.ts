import type { ResolvedFunction, ResolvedLayer } from "@sluice/core";
import type { ReadFiles } from "../../cache/taken.ts";
import type { ZipEntry } from "../../zip.ts";
import type { Inventory } from "../inventory.ts";
import type { BuildSession, BuildWork } from "../session.ts";

/** What goes into a layer, and how it came about. */
export interface LayerContents {
  /** All files, with those of its folders; paths from the layer's top. */
  readonly files: readonly ZipEntry[];
  /** What bundles of its functions have to know of it, as plain data; the same on every machine. */
  readonly held: unknown;
  readonly inventory: Inventory;
  readonly read: ReadFiles;
  /** Versions that decide the files, beside those of the kind. */
  readonly tools: Readonly<Record<string, string>>;
  /** What a file is counted with when the layer is too large, where that is not its folder in `node_modules`. */
  readonly partOf?: (path: string) => string | null;
}

/** Layers with the packages of one language, as the bundler of that language makes them. */
export interface LayerKind<S extends BuildSession = BuildSession> {
  /** As `nodejs`. */
  readonly name: string;
  /** Whether a layer has packages of this kind. */
  holds(layer: ResolvedLayer): boolean;
  /** Runtimes that such a layer fits. */
  runtimes(fn: ResolvedFunction): readonly string[];
  /** Versions of what decides the files, known before a layer is built. */
  tools(): Readonly<Record<string, string>>;
  /**
   * Collects the files of a layer.
   *
   * @param folders - files of its folders, already listed and read
   */
  collect(
    work: BuildWork<S>,
    layer: ResolvedLayer,
    folders: readonly ZipEntry[],
  ): LayerContents | Promise<LayerContents>;
}

/** A layer of folders alone: for whatever language its functions are in, so that every bundler makes the same of it. */
export const FOLDERS_ONLY: LayerKind = {
  name: "folders",
  holds: () => true,
  runtimes: ({ runtime }) => [runtime],
  tools: () => ({}),
  collect: (_work, _layer, folders) => ({
    files: folders,
    held: null,
    inventory: { schema: 1, metafile: null, packages: [], provided: [] },
    read: { inputs: [], resolution: null },
    tools: {},
  }),
};

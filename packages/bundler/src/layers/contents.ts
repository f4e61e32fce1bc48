import type { Digest } from "@sluice/core";

/** Where Lambda unpacks a function's layers, one over the other. */
export const LAYER_ROOT = "/opt";

/** Where packages stand in a layer: one of the folders that the Node.js runtimes have in NODE_PATH. */
export const PACKAGES_FOLDER = "nodejs/node_modules";

/** A package that a layer holds. */
export interface HeldPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression from its package.json; `null` when that has none. */
  readonly license: string | null;
  /** Its folder below {@link PACKAGES_FOLDER}, as `zod` or `a/node_modules/b`. */
  readonly place: string;
}

/** What the bundles of a layer's functions have to know of it. The same on every machine: it decides their bytes. */
export interface LayerContents {
  readonly name: string;
  readonly digest: Digest;
  /** Sorted by place. */
  readonly packages: readonly HeldPackage[];
}

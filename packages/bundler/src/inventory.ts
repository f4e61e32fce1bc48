import type { Metafile } from "esbuild";

/** An installed package that is in a deployment package, or that it counts on. */
export interface InventoryPackage {
  readonly name: string;
  readonly version: string | null;
  /** SPDX expression from its package.json; `null` when that has none. */
  readonly license: string | null;
  /** Where it is installed, relative to the root, named as on every machine. */
  readonly folder: string;
  /** `bundled`: code of it is in the bundle; `copied`: it stands in the zip's `node_modules`; `layer`: a layer has it. */
  readonly how: "bundled" | "copied" | "layer";
}

/**
 * What a deployment package is made of, for insight and evidence. It stands beside the cache's record, as
 * `.sluice/cache/NAME.inventory.json`.
 */
export interface Inventory {
  readonly schema: 1;
  /** esbuild's, of this function alone; `null` for what was not bundled here. */
  readonly metafile: Metafile | null;
  /** Sorted by name, then folder. */
  readonly packages: readonly InventoryPackage[];
  /** Imports that are left to the runtime, or to a layer of someone else's. */
  readonly provided: readonly string[];
}

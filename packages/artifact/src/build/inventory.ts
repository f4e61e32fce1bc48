import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedPackage } from "@sluice/core";

/** An installed package that is in a deployment package, or that it counts on. */
export interface InventoryPackage {
  readonly name: string;
  readonly version: string | null;
  /** SPDX expression from its package.json; `null` when that has none. */
  readonly license: string | null;
  /** Where it is installed, relative to the root, named as on every machine; of a wheel its file name. */
  readonly folder: string;
  /** Where it was published; absent for npm. */
  readonly ecosystem?: "pypi";
  /** Names at the top of the zip that are this package's, where they are not below a folder of its name. */
  readonly places?: readonly string[];
  /** What it requires, as its own metadata says it; absent where nobody asked. */
  readonly requires?: readonly string[];
  /** `bundled`: code of it is in the bundle; `copied`: it stands in the zip's `node_modules`; `layer`: a layer has it. */
  readonly how: "bundled" | "copied" | "layer";
}

/**
 * What a deployment package is made of, for insight and evidence. It stands beside the cache's record, as
 * `.sluice/cache/NAME.inventory.json`.
 */
export interface Inventory<Metafile extends object = object> {
  readonly schema: 1;
  /** The bundler's own account, esbuild's metafile, of this function alone; `null` for what was not bundled here. */
  readonly metafile: Metafile | null;
  /** Sorted by name, then folder. */
  readonly packages: readonly InventoryPackage[];
  /** Imports that are left to the runtime, or to a layer of someone else's. */
  readonly provided: readonly string[];
}

/** The inventory's file in the cache, with `*` in place of the function's name. */
export const INVENTORY_FILE = "*.inventory.json";

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export function createInventory<Metafile extends object = object>(
  metafile: Metafile | null,
  packages: readonly InventoryPackage[],
  provided: readonly string[],
): Inventory<Metafile> {
  const unique = new Map(packages.map((found) => [`${found.folder}\0${found.how}`, found]));
  return {
    schema: 1,
    metafile,
    packages: [...unique.values()].sort(
      (one, other) => byText(one.name, other.name) || byText(one.folder, other.folder),
    ),
    provided: [...new Set(provided)].sort(byText),
  };
}

/** The packages of an inventory that are in the package itself, each version once; of what has none, nothing is known. */
export function packedPackages({ packages }: Pick<Inventory, "packages">): PackedPackage[] {
  const found = packages.flatMap(({ name, version, how }): [string, PackedPackage][] =>
    version === null || how === "layer" ? [] : [[`${name}@${version}`, { name, version }]],
  );
  return [...new Map(found).values()].sort(
    (one, other) => byText(one.name, other.name) || byText(one.version, other.version),
  );
}

/**
 * The inventory of a function's last build; `null` when there is none, as after the cache was deleted, or when it cannot be
 * understood.
 *
 * @param cacheFolder - absolute path of `.sluice/cache`
 */
export function readInventory<Metafile extends object = object>(
  cacheFolder: string,
  functionName: string,
): Inventory<Metafile> | null {
  try {
    const path = join(cacheFolder, INVENTORY_FILE.replace("*", functionName));
    const found = JSON.parse(readFileSync(path, "utf8")) as Inventory<Metafile>;
    const lists = [found.packages, found.provided];
    return found.schema === 1 && lists.every(Array.isArray) && typeof found.metafile === "object"
      ? found
      : null;
  } catch {
    return null;
  }
}

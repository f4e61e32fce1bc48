import type { InventoryPackage } from "@sluice/artifact";

/** Whose the files and modules of a Python package are, by the places that its inventory has. */
export interface Owners {
  /** The package that a file of the zip came with; `null` for one of the repository's own. */
  ofFile(path: string): InventoryPackage | null;
  /** The package that an import means: of `google.cloud.storage` the one that has it, or has `google.cloud`. */
  ofModule(module: string): InventoryPackage | null;
}

/** In a layer, packages stand below `python`. */
const IN_LAYER = /^python\/(?:lib\/python3\.\d+\/site-packages\/)?/;

/** The module that stands at a place: `_cffi_backend` of `_cffi_backend.cpython-313-x86_64-linux-gnu.so`. */
function moduleAt(place: string): string {
  const parts = place.split("/");
  const last = parts.pop() ?? "";
  return [...parts, last.split(".")[0]].join(".");
}

/** The value of the longest beginning of a list that a map has. */
function longest<T>(parts: readonly string[], between: string, known: ReadonlyMap<string, T>): T | null {
  for (let count = parts.length; count > 0; count -= 1) {
    const found = known.get(parts.slice(0, count).join(between));
    if (found !== undefined) return found;
  }
  return null;
}

export function ownersOf(packages: readonly InventoryPackage[]): Owners {
  const places = new Map<string, InventoryPackage>();
  const modules = new Map<string, InventoryPackage>();
  for (const found of packages.filter(({ how }) => how !== "layer"))
    for (const written of found.places ?? []) {
      const place = written.replace(IN_LAYER, "");
      places.set(place, found);
      if (!/\.(?:dist-info|libs)$/.test(place)) modules.set(moduleAt(place), found);
    }
  return {
    ofFile: (path) =>
      longest(path.split("/"), "/", places) ?? longest(path.replace(IN_LAYER, "").split("/"), "/", places),
    ofModule: (module) => longest(module.split("."), ".", modules),
  };
}

import {
  type Beside,
  createInventory,
  INVENTORY_FILE,
  type Inventory,
  type InventoryPackage,
} from "@sluice/artifact";
import type { Merged } from "../wheels/merge.ts";
import type { OpenedWheel } from "./opened.ts";

/**
 * The shortest beginnings of paths that are one package's alone: `pydantic`, and `google/cloud/storage` of what several packages have
 * below `google`.
 *
 * @param own - paths of the repository's own files, which may stand in a package's folders
 */
function placesOf(files: Merged["files"], own: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, string | null>();
  const claim = (path: string, owner: string | null): void => {
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const place = end === -1 ? path : path.slice(0, end);
      owners.set(place, owners.has(place) && owners.get(place) !== owner ? null : owner);
      if (end === -1) return;
    }
  };
  for (const { path, package: owner } of files) claim(path, owner);
  for (const path of own) claim(path, null);
  const places = new Map<string, Set<string>>();
  for (const { path, package: owner } of files) {
    let end = path.indexOf("/");
    while (end !== -1 && owners.get(path.slice(0, end)) !== owner) end = path.indexOf("/", end + 1);
    const found = places.get(owner) ?? new Set<string>();
    places.set(owner, found.add(end === -1 ? path : path.slice(0, end)));
  }
  return places;
}

/**
 * What a package is made of.
 *
 * @param held - what its layers have
 */
export function createPythonInventory(
  wheels: readonly OpenedWheel[],
  files: Merged["files"],
  own: Iterable<string>,
  provided: readonly string[],
  held: readonly InventoryPackage[] = [],
): Inventory {
  const places = placesOf(files, own);
  const packages = wheels.map(
    ({ name, filename, metadata }): InventoryPackage => ({
      name,
      version: metadata.version,
      license: metadata.license,
      folder: filename,
      how: "copied",
      ecosystem: "pypi",
      places: [...(places.get(name) ?? [])].sort(),
      requires: metadata.requires,
    }),
  );
  return createInventory(null, [...packages, ...held], provided);
}

/** The same as a file for insight and evidence. */
export function inventoryFile(inventory: Inventory): Beside {
  return { folder: "cache", name: INVENTORY_FILE, bytes: JSON.stringify(inventory) };
}

import { type Beside, createInventory, INVENTORY_FILE, type InventoryPackage } from "@sluice/artifact";
import type { Merged } from "../wheels/merge.ts";
import type { OpenedWheel } from "./opened.ts";

/** Names at the top of the zip under which each package has files. */
function placesOf(files: Merged["files"]): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  for (const { path, package: owner } of files) {
    const found = places.get(owner) ?? new Set<string>();
    places.set(owner, found.add(path.split("/")[0] ?? path));
  }
  return places;
}

/** What the package is made of, for insight and evidence. */
export function inventoryOf(
  wheels: readonly OpenedWheel[],
  files: Merged["files"],
  provided: readonly string[],
): Beside {
  const places = placesOf(files);
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
  const bytes = JSON.stringify(createInventory(null, packages, provided));
  return { folder: "cache", name: INVENTORY_FILE, bytes };
}

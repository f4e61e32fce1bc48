import { createInventory, type Inventory, type InventoryPackage, type PackedFile } from "@sluice/artifact";
import { parseManifest } from "../externals/manifest.ts";

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;

/** What a package that was not bundled here is made of: the packages in its `node_modules`, by their place in it. */
export function inventoryOfFiles(files: readonly PackedFile[]): Inventory {
  const packages = files.flatMap(({ path, bytes }): InventoryPackage[] => {
    const name = PACKAGE.exec(path)?.[1];
    const manifest = name === undefined ? null : parseManifest(Buffer.from(bytes).toString());
    if (name === undefined || manifest === null) return [];
    const { version, license } = manifest;
    const folder = path.slice(0, -"/package.json".length);
    return [{ name: manifest.name ?? name, version, license, folder, how: "copied" }];
  });
  return createInventory(null, packages, []);
}

import type { InventoryPackage } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import { LAYER_ROOT, type LayerContents, PACKAGES_FOLDER } from "./contents.ts";

const PACKAGES = `${LAYER_ROOT}/${PACKAGES_FOLDER}/`;

/** The packages of layers that a bundle imports. Their `folder` is the one in the layer. */
export function usedLayerPackages(metafile: Metafile, layers: readonly LayerContents[]): InventoryPackage[] {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const paths = imports.filter(({ path }) => path.startsWith(PACKAGES)).map(({ path }) => path);
  const held = layers.flatMap(({ packages }) => packages);
  const used = held.filter(({ place }) =>
    // What stands in a node_modules folder of its own is another package.
    paths.some((path) => path.startsWith(`${PACKAGES}${place}/`) && !isNested(path, place)),
  );
  return used.map(({ name, version, license, place }) => ({
    name,
    version,
    license,
    folder: `${PACKAGES_FOLDER}/${place}`,
    how: "layer",
  }));
}

function isNested(path: string, place: string): boolean {
  return path.slice(PACKAGES.length + place.length).includes("/node_modules/");
}

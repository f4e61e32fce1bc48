import { posix, resolve } from "node:path";
import type { ResolvedLayer } from "@sluice/core";
import { pathProblem } from "../../entry-path.ts";
import { type Listing, type ListingScope, listFolder, statOf } from "../../files/listed-file.ts";
import { layerFolderMissing, layerPlaceInvalid } from "./errors.ts";

/** The place of a folder in a layer, `""` for its top. */
function placeOf(layer: ResolvedLayer, to: string): string {
  const place = posix.normalize(to.replaceAll("\\", "/")).replace(/^\.?\/+|\/+$/g, "");
  if (place === "" || place === ".") return "";
  if (pathProblem(place) !== null) throw layerPlaceInvalid(layer.name, to);
  return place;
}

/** What Python leaves beside sources that it has run: with it a layer would be another one after every test. */
const CACHE = /(?:^|\/)__pycache__\//;

/**
 * The files of a layer's folders.
 *
 * @throws `SLUICE_LAYER_FOLDER_MISSING`, `SLUICE_LAYER_PLACE_INVALID`, and those of files
 */
export function listLayerFolders(scope: ListingScope, layer: ResolvedLayer): Listing {
  const listings = layer.folders.map(({ from, to }): Listing => {
    const folder = resolve(scope.root, from);
    if (!statOf(folder)?.isDirectory()) throw layerFolderMissing(layer.name, from, false);
    const { files, leftOut } = listFolder(scope, folder, placeOf(layer, to));
    const packed = files.filter((file) => !CACHE.test(file.to));
    if (packed.length === 0) throw layerFolderMissing(layer.name, from, true);
    return { files: packed, leftOut };
  });
  return {
    files: listings.flatMap(({ files }) => files),
    leftOut: listings.flatMap(({ leftOut }) => leftOut),
  };
}

import { basename, join, posix, resolve, sep } from "node:path";
import type { ResolvedFunction } from "@sluice/core";
import { isDynamicPattern } from "tinyglobby";
import { assetNotFound, assetPlaceInvalid } from "./errors.ts";
import { findFiles } from "./find-files.ts";
import {
  type ListedFile,
  type Listing,
  type ListingScope,
  listedFile,
  listFolder,
  statOf,
} from "./listed-file.ts";
import { isNeverPacked } from "./never-packed.ts";

type Asset = ResolvedFunction["assets"][number];

/** A place in the package, normal and inside of it. */
function placeInside(scope: ListingScope, place: string, asset: Asset): string {
  const normal = posix.normalize(place.replaceAll(sep, "/")).replace(/^\.\/|\/$/g, "");
  if (normal.startsWith("../") || normal === ".." || normal.startsWith("/")) {
    throw assetPlaceInvalid(scope.functionName, asset.to ?? asset.from);
  }
  return normal === "." ? "" : normal;
}

/** An asset that is no glob: a file, allowed even where its kind is never packed, or a folder. */
function listNamed(scope: ListingScope, asset: Asset, isFolder: boolean): Listing {
  const from = resolve(scope.root, asset.from);
  const intoFolder = !isFolder && asset.to?.endsWith("/") === true;
  const wanted = intoFolder ? posix.join(asset.to, basename(from)) : (asset.to ?? asset.from);
  const to = placeInside(scope, wanted, asset);
  return isFolder ? listFolder(scope, from, to) : { files: [listedFile(scope, from, to)], leftOut: [] };
}

function listGlob(scope: ListingScope, asset: Asset): Listing {
  const paths = findFiles(scope, [asset.from]);
  const place = (path: string): string => placeInside(scope, posix.join(asset.to ?? "", path), asset);
  return {
    files: paths
      .filter((path) => !isNeverPacked(path))
      .map((path) => listedFile(scope, join(scope.root, path), place(path))),
    leftOut: paths.filter(isNeverPacked),
  };
}

function listAsset(scope: ListingScope, asset: Asset): Listing {
  const stat = statOf(resolve(scope.root, asset.from));
  // A name with brackets, as frameworks use for routes, is a file first and a pattern only when there is no such file.
  if (stat !== undefined) return listNamed(scope, asset, stat.isDirectory());
  const listing = isDynamicPattern(asset.from) ? listGlob(scope, asset) : { files: [], leftOut: [] };
  if (listing.files.length + listing.leftOut.length === 0)
    throw assetNotFound(scope.functionName, asset.from);
  return listing;
}

/**
 * Lists the files that a function's `assets` name. A file that several of them name at one place is taken once.
 *
 * @throws `SLUICE_ASSET_NOT_FOUND`, `SLUICE_ASSET_PLACE_INVALID`, `SLUICE_SYMLINK_OUTSIDE`
 */
export function listAssets(scope: ListingScope, assets: readonly Asset[]): Listing {
  const listings = assets.map((asset) => listAsset(scope, asset));
  const files = new Map<string, ListedFile>();
  for (const file of listings.flatMap((listing) => listing.files))
    files.set(`${file.from}\0${file.to}`, file);
  const packed = new Set([...files.values()].map((file) => file.from));
  const leftOut = new Set(listings.flatMap((listing) => listing.leftOut));
  return {
    files: [...files.values()],
    leftOut: [...leftOut].filter((path) => !packed.has(join(scope.root, path))),
  };
}

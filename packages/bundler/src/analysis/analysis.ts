import type { Inventory, InventoryPackage } from "@sluice/artifact";
import type { Manifest } from "@sluice/core";
import type { Metafile } from "esbuild";
import { type BundledModule, bundledGroups } from "./bundled.ts";
import { type Duplicate, duplicatesOf } from "./duplicates.ts";
import { fileGroups, splitFiles } from "./files.ts";
import { ownersOf } from "./python/owners.ts";
import { pythonParts } from "./python/parts.ts";
import type { ZipContents } from "./zip-contents.ts";

/**
 * How a part came into the zip: `own` sources and `bundled` packages are in the bundle, with the `bundler`'s own lines; `copied`
 * packages stand in `node_modules`; `wheel`s are packages of a Python function, `library` the shared libraries that they bring along;
 * `map`, `asset` and `license` are files beside the code.
 */
export type PartKind =
  | "own"
  | "bundled"
  | "bundler"
  | "copied"
  | "wheel"
  | "library"
  | "map"
  | "asset"
  | "license";

/** One part of a deployment package: a package, a folder of own sources, or a file beside the code. */
export interface Part {
  readonly kind: PartKind;
  /** The package's name, the folder, or the file's path in the zip. */
  readonly name: string;
  /** Of a package, where it is known. */
  readonly version: string | null;
  /** Where a package is installed, or stands in the zip when it is `copied`; empty for wheels; otherwise the same as `name`. */
  readonly folder: string;
  /** Bytes unzipped: of what is bundled those that are left after minifying and tree shaking. */
  readonly bytes: number;
  /** Bytes in the zip. Parts of the bundle share those of its file by their bytes, since they are compressed together. */
  readonly zippedBytes: number;
  /** Modules, or files, the biggest first; paths within `folder`. */
  readonly modules: readonly BundledModule[];
}

/** What a function's deployment package is made of. */
export interface Analysis {
  readonly function: string;
  /** Bytes of the zip. */
  readonly sizeBytes: number;
  readonly unzippedBytes: number;
  /** What the zip may take, in bytes; `null` without a budget. */
  readonly maxSizeBytes: number | null;
  /** The biggest in the zip first. */
  readonly parts: readonly Part[];
  readonly duplicates: readonly Duplicate[];
  /** Packages that are not in the zip since a layer holds them. */
  readonly layers: readonly { readonly name: string; readonly version: string | null }[];
  /** Imports that are left to the runtime, or to a layer of someone else's. */
  readonly provided: readonly string[];
}

/** What {@link analyze} looks at. */
export interface AnalysisInput {
  readonly manifest: Pick<Manifest, "function" | "handler" | "sizeBytes" | "unzippedBytes">;
  readonly maxSizeBytes: number | null;
  readonly inventory: Inventory<Metafile>;
  readonly contents: ZipContents;
  /** Whether it is a Python function, or a layer of those, that was put together here. */
  readonly isPython?: boolean;
}

/** By what they take in the zip; then by name, so that equal inputs give equal reports. */
function byWeight(one: Part, other: Part): number {
  return other.zippedBytes - one.zippedBytes || other.bytes - one.bytes || compare(idOf(one), idOf(other));
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
const idOf = (part: Part): string => `${part.name}\n${part.folder}`;

function namesOf(packages: readonly InventoryPackage[]): Analysis["layers"] {
  return packages.map(({ name, version }) => ({ name, version }));
}

function nodeParts({ manifest, inventory, contents }: AnalysisInput): Part[] {
  const files = splitFiles(contents.files, manifest.handler, inventory.metafile !== null);
  return [
    ...(inventory.metafile === null ? [] : bundledGroups(inventory, inventory.metafile, files.code)),
    ...fileGroups(files, contents.versions),
  ];
}

/** Says what takes the space in a deployment package. Pure: equal inputs give equal analyses. */
export function analyze(input: AnalysisInput): Analysis {
  const { manifest, inventory, contents } = input;
  const parts = (
    input.isPython === true ? pythonParts(contents.files, ownersOf(inventory.packages)) : nodeParts(input)
  ).sort(byWeight);
  return {
    function: manifest.function,
    sizeBytes: manifest.sizeBytes,
    unzippedBytes: manifest.unzippedBytes,
    maxSizeBytes: input.maxSizeBytes,
    parts,
    duplicates: duplicatesOf(parts, inventory),
    layers: namesOf(inventory.packages.filter(({ how }) => how === "layer")),
    provided: inventory.provided,
  };
}

import { readFileSync } from "node:fs";
import { type BuiltLayer, measureZip } from "@sluice/artifact";
import type { PythonTarget } from "../target.ts";
import type { HeldPackage, PythonHeld } from "./held.ts";
import { extendingIn } from "./leave-to-layers.ts";
import { type PathEntry, pathEntry } from "./search-path.ts";

/** Where packages stand in a layer: the last of the folders below `/opt` that the Python runtimes have on `sys.path`. */
export const PACKAGES_FOLDER = "python";

/** Name of the kind of layers that this package makes. */
export const PYTHON = "python";

/** Those folders in their order (AWS Lambda Developer Guide, "Working with layers for Python Lambda functions"). */
function layerFolders({ minor }: PythonTarget): readonly string[] {
  return [`${PACKAGES_FOLDER}/lib/python3.${minor}/site-packages`, PACKAGES_FOLDER];
}

/** What a function finds in its layers. */
export interface LayerView {
  /** Normalized name → the package, with the layer that holds it. */
  readonly packages: ReadonlyMap<string, readonly (HeldPackage & { readonly layer: string })[]>;
  /** What Lambda puts on `sys.path` after the function's own package, in its order. */
  readonly entries: readonly PathEntry[];
  /** Paths of all files that import or packages can find, from the folder on `sys.path`. */
  readonly paths: ReadonlySet<string>;
  /** Path → layer. */
  readonly layerOf: ReadonlyMap<string, string>;
}

function isHeld({ kind }: BuiltLayer): boolean {
  return kind === PYTHON;
}

/** Folders from the layer's top whose `__init__.py` joins them: of a layer of folders alone only the files tell. */
function extendingOf(built: BuiltLayer): readonly string[] {
  if (isHeld(built)) return (built.held as PythonHeld).extending;
  const { path } = built.artifact;
  const isInit = (name: string): boolean =>
    name.startsWith(`${PACKAGES_FOLDER}/`) && name.endsWith("/__init__.py");
  return extendingIn(measureZip(readFileSync(path), isInit, path).contents);
}

function below(folder: string, paths: Iterable<string>): string[] {
  return [...paths].flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
}

/** Looks at a function's layers as the runtime does: all of them are unpacked into one folder. */
export function viewLayers(layers: readonly BuiltLayer[], target: PythonTarget): LayerView {
  const packages = new Map<string, (HeldPackage & { layer: string })[]>();
  const layerOf = new Map<string, string>();
  const all = new Set<string>();
  for (const built of layers) {
    const { layer, manifest } = built.artifact;
    for (const held of isHeld(built) ? (built.held as PythonHeld).packages : [])
      packages.set(held.name, [...(packages.get(held.name) ?? []), { ...held, layer }]);
    for (const { path } of manifest.files) {
      all.add(path);
      for (const folder of layerFolders(target))
        if (path.startsWith(`${folder}/`)) layerOf.set(path.slice(folder.length + 1), layer);
    }
  }
  const extending = layers.flatMap(extendingOf);
  const folders = layerFolders(target);
  return {
    packages,
    entries: folders.map((folder) => pathEntry(below(folder, all), below(folder, extending))),
    paths: new Set(layerOf.keys()),
    layerOf,
  };
}

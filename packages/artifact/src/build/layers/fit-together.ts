import type { Artifact, LayerArtifact } from "@sluice/core";
import { MAXIMUM_UNZIPPED_BYTES } from "../../zip-format.ts";
import { layersClash, layersTooLarge } from "./errors.ts";

/** How many packages an error about sizes names. */
const NAMED = 5;

/** The installed package, or folder at the top of a layer's Python modules, that a file is of. */
const PACKAGE =
  /^(?:(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+|python\/(?:lib\/python[\d.]+\/site-packages\/)?[^/]+)(?=\/)/;

/** The same in the package of a Python function, where modules are at the top. */
const AT_TOP = /^[^/]+(?=\/)/;

/** The biggest packages in a function and its layers, each with where it is. */
function biggestIn(
  parts: readonly (Artifact & { readonly part: string })[],
): { name: string; bytes: number }[] {
  const sizes = new Map<string, number>();
  for (const { part, manifest } of parts)
    for (const { path, size } of manifest.files) {
      const isPython = part === manifest.function && manifest.runtime.startsWith("python");
      const name = `${(isPython ? AT_TOP : PACKAGE).exec(path)?.[0] ?? path} (${part})`;
      sizes.set(name, (sizes.get(name) ?? 0) + size);
    }
  const all = [...sizes].map(([name, bytes]) => ({ name, bytes }));
  return all
    .sort((one, other) => other.bytes - one.bytes || (one.name < other.name ? -1 : 1))
    .slice(0, NAMED);
}

/** AWS's limit is for a function with all its layers. */
function checkSize(artifact: Artifact, layers: readonly LayerArtifact[]): void {
  const parts = [
    { ...artifact, part: artifact.function },
    ...layers.map((layer) => ({ ...layer, part: `layer ${layer.layer}` })),
  ];
  const sizes = parts.map(({ part, manifest }) => ({ name: part, bytes: manifest.unzippedBytes }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > MAXIMUM_UNZIPPED_BYTES)
    throw layersTooLarge(artifact.function, sizes, biggestIn(parts), MAXIMUM_UNZIPPED_BYTES);
}

/** Lambda unpacks layers into one folder, in their order: a later one's file takes the place of an earlier one's. */
function checkPaths(artifact: Artifact, layers: readonly LayerArtifact[]): void {
  const seen = new Map<string, { readonly layer: string; readonly sha256: string }>();
  for (const { layer, manifest } of layers) {
    const clashes = manifest.files.filter(({ path, sha256 }) => {
      const known = seen.get(path);
      return known !== undefined && known.sha256 !== sha256;
    });
    const [first] = clashes;
    const other = seen.get(first?.path ?? "")?.layer;
    if (first !== undefined && other !== undefined)
      throw layersClash(artifact.function, other, layer, first.path, clashes.length);
    for (const { path, sha256 } of manifest.files) seen.set(path, { layer, sha256 });
  }
}

/**
 * Checks a function's package together with its layers.
 *
 * @throws `SLUICE_LAYERS_TOO_LARGE`, naming each part and the biggest packages; `SLUICE_LAYERS_CLASH`
 */
export function checkTogether(artifact: Artifact, layers: readonly LayerArtifact[]): void {
  checkSize(artifact, layers);
  checkPaths(artifact, layers);
}

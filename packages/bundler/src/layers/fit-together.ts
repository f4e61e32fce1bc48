import { MAXIMUM_UNZIPPED_BYTES } from "@sluice/artifact";
import type { Artifact, LayerArtifact } from "@sluice/core";
import { layersClash, layersTooLarge } from "./errors.ts";

/** AWS's limit is for a function with all its layers. */
function checkSize(artifact: Artifact, layers: readonly LayerArtifact[]): void {
  const parts = [
    { name: artifact.function, bytes: artifact.manifest.unzippedBytes },
    ...layers.map(({ layer, manifest }) => ({ name: `layer ${layer}`, bytes: manifest.unzippedBytes })),
  ];
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > MAXIMUM_UNZIPPED_BYTES) throw layersTooLarge(artifact.function, parts, MAXIMUM_UNZIPPED_BYTES);
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
 * @throws `SLUICE_LAYERS_TOO_LARGE`, naming each part; `SLUICE_LAYERS_CLASH`
 */
export function checkTogether(artifact: Artifact, layers: readonly LayerArtifact[]): void {
  checkSize(artifact, layers);
  checkPaths(artifact, layers);
}

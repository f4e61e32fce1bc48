import type { Artifact } from "@sluice/core";

/** Artifacts with the layers that they were built against: each layer once, first, and under the name of its row in reports. */
export function shownArtifacts(artifacts: readonly Artifact[]): readonly Artifact[] {
  const layers = artifacts.flatMap((artifact) => artifact.layers ?? []);
  const unique = new Map(
    layers.map((layer) => [layer.layer, { ...layer, function: `layer:${layer.layer}` }]),
  );
  return [...unique.values(), ...artifacts];
}

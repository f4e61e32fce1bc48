import type { ResolvedConfig } from "@sluice/core";

/** The name that a layer's artifact has among those of functions. */
export function artifactName(layer: string): string {
  return `layer-${layer}`;
}

/** The names of all artifacts of a configuration: those of its functions, and those of its layers. */
export function artifactNames({ functions, layers }: Pick<ResolvedConfig, "functions" | "layers">): string[] {
  // Absent where a caller made its configuration by hand, before there were layers.
  const ofLayers = (layers ?? []).map(({ name }) => artifactName(name));
  return [...functions.map(({ name }) => name), ...ofLayers];
}

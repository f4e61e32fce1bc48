import { type ResolvedConfig, type ResolvedFunction, type ResolvedLayer, resolvePython } from "@sluice/core";

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

/**
 * A layer as the packer of functions sees it: a package without a handler. An architecture that a function declares is one that
 * its layers must fit.
 *
 * @param functions - all of the configuration, so that it is the same whichever are built
 */
export function layerFunction(
  layer: ResolvedLayer,
  functions: readonly ResolvedFunction[],
): ResolvedFunction {
  const declares = functions.some((fn) => fn.layers.includes(layer.name) && fn.architectureDeclared);
  return {
    name: artifactName(layer.name),
    source: "folder",
    entry: "",
    exportName: "",
    // A manifest names one.
    handler: "layer",
    command: null,
    inputs: null,
    runtime: layer.runtime,
    runtimeDeclared: false,
    architecture: layer.architecture,
    architectureDeclared: declares || layer.architecture !== "x86_64",
    minify: false,
    sourcemap: false,
    format: "cjs",
    target: null,
    external: [],
    include: [],
    provided: [],
    layers: [],
    assets: [],
    importCheck: { enabled: false, env: {} },
    licenses: false,
    maxSizeBytes: null,
    esbuild: {},
    python: resolvePython({}),
  };
}

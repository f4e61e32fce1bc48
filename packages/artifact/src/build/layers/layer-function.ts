import type { ResolvedFunction, ResolvedLayer } from "@sluice/core";
import { artifactName } from "../artifact-names.ts";

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
    tests: [],
    python: layer.python,
  };
}

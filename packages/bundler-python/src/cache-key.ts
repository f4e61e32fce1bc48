import { type BuiltLayer, type CacheKey, type Listing, listAssets } from "@sluice/artifact";
import type { PythonWork } from "./session.ts";

/** Raised whenever the same inputs may give other bytes than before, so that no older package is taken from a cache. */
const PACKAGE_FORMAT = "1";

/** Versions of what decides the bytes of a package, beside the wheels themselves. */
export function pythonTools(): Record<string, string> {
  return { "sluice-python-format": PACKAGE_FORMAT };
}

/** What is known about a Python function before it is built. */
export interface Keyed {
  readonly key: CacheKey;
  readonly assets: Listing;
  readonly layers: readonly BuiltLayer[];
}

/** What a package leaves to its layers depends on what they hold; its check, on all of them. */
function layersPart(layers: readonly BuiltLayer[]): object {
  if (layers.length === 0) return {};
  return { held: layers.map(({ artifact, held }) => [artifact.layer, artifact.manifest.digest, held]) };
}

/** @param layers - the function's, built */
export function keyOf({ fn, scope }: PythonWork, layers: readonly BuiltLayer[]): Keyed {
  const { name: _, maxSizeBytes: __, esbuild: ___, assets: ____, ...decisive } = fn;
  const assets = listAssets(scope, fn.assets);
  const options = JSON.stringify({ python: decisive, tools: pythonTools(), ...layersPart(layers) });
  return { key: { options, cacheable: true, listed: assets.files }, assets, layers };
}

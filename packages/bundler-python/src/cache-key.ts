import { type CacheKey, type Listing, listAssets } from "@sluice/artifact";
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
}

export function keyOf({ fn, scope }: PythonWork): Keyed {
  const { name: _, maxSizeBytes: __, esbuild: ___, assets: ____, ...decisive } = fn;
  const assets = listAssets(scope, fn.assets);
  const options = JSON.stringify({ python: decisive, tools: pythonTools() });
  return { key: { options, cacheable: true, listed: assets.files }, assets };
}

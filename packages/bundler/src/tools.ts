import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Raised whenever the same inputs may give other bytes than before, so that no older package is taken from a cache. */
const PACKAGE_FORMAT = "3";

/** Versions of what decides the bytes of a bundle, read without loading esbuild. */
export function bundleTools(): Record<string, string> {
  const file = createRequire(import.meta.url).resolve("esbuild/package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return { esbuild: version, "sluice-package-format": PACKAGE_FORMAT };
}

/** The same for packages that are not bundled here. */
export function readyTools(): Record<string, string> {
  return { "sluice-package-format": PACKAGE_FORMAT };
}

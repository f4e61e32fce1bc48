import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Raised whenever the same inputs may give other bytes than before, so that no older package is taken from a cache. */
const PACKAGE_FORMAT = "4";

let esbuildVersion: string | undefined;

function readEsbuildVersion(): string {
  const file = createRequire(import.meta.url).resolve("esbuild/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** Versions of what decides the bytes of a bundle, read without loading esbuild. */
export function bundleTools(): Record<string, string> {
  // The one that is loaded cannot change any more.
  esbuildVersion ??= readEsbuildVersion();
  return { esbuild: esbuildVersion, "sluice-package-format": PACKAGE_FORMAT };
}

/** The same for packages that are not bundled here. */
export function readyTools(): Record<string, string> {
  return { "sluice-package-format": PACKAGE_FORMAT };
}

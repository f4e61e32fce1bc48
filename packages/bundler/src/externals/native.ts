import { join } from "node:path";
import { BREAKS_WHEN_BUNDLED } from "./known-packages.ts";
import type { PackageManifest } from "./manifest.ts";
import type { PackageReader } from "./package-reader.ts";
import { isLinuxPart } from "./platform.ts";

/** Packages that find or fetch machine code for the one that depends on them. */
const LOADERS: readonly string[] = [
  ...[
    "bindings",
    "node-gyp-build",
    "node-gyp-build-optional-packages",
    "node-pre-gyp",
    "@mapbox/node-pre-gyp",
  ],
  ...["prebuild-install", "pkg-prebuilds", "install-artifact-from-github", "@neon-rs/load"],
];

function namesNative({ raw, dependencies, optionalDependencies, main }: PackageManifest): boolean {
  const binary = raw.binary;
  return (
    raw.gypfile === true ||
    main?.endsWith(".node") === true ||
    (typeof raw.napi === "object" && raw.napi !== null) ||
    (typeof binary === "object" &&
      binary !== null &&
      ("module_name" in binary || "napi_versions" in binary)) ||
    LOADERS.some((loader) => loader in dependencies) ||
    Object.keys(optionalDependencies).some(isLinuxPart)
  );
}

/** Packages that find a build of their dependent's own code, or fetch it, as opposed to one in a package of its own. */
const BUILD_LOADERS: readonly string[] = LOADERS.filter((name) => name !== "@neon-rs/load");

/**
 * Whether a package counts on machine code in its own folder, that was compiled or fetched when it was installed: then there has to
 * be some. What comes in a part for each platform has it there.
 */
export function expectsBuild(manifest: PackageManifest, paths: readonly string[]): boolean {
  const { raw, name, dependencies, optionalDependencies } = manifest;
  const { binary } = raw;
  if (LOADERS.includes(name ?? "") || Object.keys(optionalDependencies).some(isLinuxPart)) return false;
  return (
    raw["gypfile"] === true ||
    paths.includes("binding.gyp") ||
    (typeof binary === "object" && binary !== null && "module_name" in binary) ||
    BUILD_LOADERS.some((loader) => loader in dependencies)
  );
}

/** `try { … require("bindings")`, or of a module beside it that is named for native code, as bufferutil and keccak have it. */
const TRIED =
  /\btry\s*\{[^{}]*\brequire\(\s*["'](?:bindings|node-gyp-build|\.{1,2}\/[^"']*(?:bindings?|native|addon|build\/|\.node)[^"']*)["']/;

/** Whether a script tries to load machine code, and so may have a way to go on without. */
export function triesNative(script: string): boolean {
  return TRIED.test(script);
}

/**
 * Whether a package has to stand beside the bundle: it has machine code, or it breaks when it is bundled. A package's own
 * package.json decides, so that the answer is the same on every machine.
 */
export function mustStayOutside(reader: PackageReader, folder: string): boolean {
  const manifest = reader.manifest(folder);
  if (manifest === null) return false;
  const { name } = manifest;
  if (name !== null && (BREAKS_WHEN_BUNDLED.has(name) || LOADERS.includes(name))) return true;
  return namesNative(manifest) || isLinuxPart(name ?? "") || reader.hasFile(join(folder, "binding.gyp"));
}

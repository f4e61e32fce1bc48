import { dirname, extname, join } from "node:path";
import { exports as resolveExports } from "resolve.exports";
import type { PackageManifest } from "./manifest.ts";
import type { PackageReader } from "./package-reader.ts";

/** Files that Node.js tries for a path without an extension, by `require` (Node.js, "CommonJS modules", All together). */
const GUESSES: readonly string[] = ["", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"];

/** The file that a package's `exports` names for an import; `null` when it names none. */
function exportedFile(manifest: PackageManifest, subpath: string, isRequire: boolean): string | null {
  try {
    const conditions = ["node-addons", "module-sync"];
    const named = { name: manifest.name ?? "", exports: manifest.exports };
    // The type wants `Exports`; what it gets was read from a file either way.
    const [found] = resolveExports(named as never, subpath, { conditions, require: isRequire }) ?? [];
    return found ?? null;
  } catch {
    return null;
  }
}

/** What an import of a package names as its file, whether that is there or not: as `./dist/index.js`. */
export function entryName(manifest: PackageManifest, subpath: string, isRequire: boolean): string | null {
  if (manifest.exports !== undefined && manifest.exports !== null)
    return exportedFile(manifest, subpath, isRequire);
  return subpath === "." ? (manifest.main ?? "./index.js") : subpath;
}

/** Path of the file that Node.js would load, relative to the package; `null` when it would find none. */
export function entryFile(
  reader: PackageReader,
  folder: string,
  manifest: PackageManifest,
  subpath: string,
  isRequire: boolean,
): string | null {
  const named = entryName(manifest, subpath, isRequire);
  if (named === null) return null;
  const isExact = manifest.exports !== undefined && manifest.exports !== null;
  const guesses = isExact ? [""] : GUESSES;
  const names = subpath === "." && !isExact ? [named, "./index"] : [named];
  const found = names.flatMap((name) => guesses.map((guess) => `${name}${guess}`));
  // A package.json in a folder of the package may name the file there.
  const nested = isExact ? undefined : reader.manifest(join(folder, named))?.main;
  const all = nested == null ? found : [...found, join(named, nested), join(named, `${nested}.js`)];
  return all.find((path) => reader.hasFile(join(folder, path))) ?? null;
}

/** Whether Node.js takes a file of a package for an ES module: by its extension, else by the nearest package.json. */
export function isEsModule(reader: PackageReader, folder: string, file: string): boolean {
  const extension = extname(file);
  if (extension !== ".js") return extension === ".mjs";
  for (let at = dirname(file); ; at = dirname(at)) {
    const manifest = reader.manifest(join(folder, at));
    if (manifest !== null) return manifest.type === "module";
    if (at === "." || at === "/") return false;
  }
}

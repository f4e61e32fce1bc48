import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository. */
export const ROOT: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** A workspace package as its package.json describes it. */
export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the repository, as `packages/core`. */
  readonly folder: string;
  readonly private: boolean;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

/** Packages of the given rooms. */
export function workspacePackages(rooms: readonly string[]): readonly WorkspacePackage[] {
  return rooms.flatMap((room) =>
    readdirSync(join(ROOT, room)).map((name) => {
      const folder = join(room, name);
      const manifest = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as {
        name: string;
        private?: boolean;
        dependencies?: Record<string, string>;
        devDependencies?: Record<string, string>;
      };
      return {
        name: manifest.name,
        folder,
        private: manifest.private === true,
        dependencies: Object.keys(manifest.dependencies ?? {}),
        devDependencies: Object.keys(manifest.devDependencies ?? {}),
      };
    }),
  );
}

/** An import as it stands in a source file. */
export interface SourceImport {
  /** Relative to the repository. */
  readonly file: string;
  readonly specifier: string;
}

const SKIPPED = new Set(["node_modules", "dist", ".turbo", ".sluice", "coverage"]);

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourcesIn(path);
    return /\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
  });
}

/** `from "x"`, `import "x"`, `import("x")` and `require("x")`, type imports included. */
const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["']([^"'\n]+)["']/g;

/** Every import of a folder's sources, tests included. */
export function importsIn(folder: string): readonly SourceImport[] {
  return sourcesIn(join(ROOT, folder)).flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(IMPORT)].map((match) => ({
      file: relative(ROOT, path),
      specifier: match[1] ?? "",
    })),
  );
}

/** The text of every source file of a folder, tests left out. */
export function sourceTexts(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return sourcesIn(join(ROOT, folder))
    .filter((path) => !path.endsWith(".test.ts"))
    .map((path) => ({ file: relative(ROOT, path), text: readFileSync(path, "utf8") }));
}

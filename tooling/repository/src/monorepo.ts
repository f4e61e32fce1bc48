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
  /** Optional ones too: who has them installed gets more. */
  readonly peerDependencies: readonly string[];
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
        peerDependencies?: Record<string, string>;
      };
      return {
        name: manifest.name,
        folder,
        private: manifest.private === true,
        dependencies: Object.keys(manifest.dependencies ?? {}),
        devDependencies: Object.keys(manifest.devDependencies ?? {}),
        peerDependencies: Object.keys(manifest.peerDependencies ?? {}),
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

/** Static imports and re-exports begin a line; what stands in the texts of tests and templates does not. */
const STATIC = /^(?:import|export)\b\s*(?:[^"';`=]*\bfrom\s*)?["']([^"'\n]+)["']/gm;
/** `import("x")` and `require.resolve("x")` may stand anywhere. */
const DYNAMIC = /\b(?:import|require|require\.resolve)\(\s*"([^"\n]+)"\s*\)/g;

/** Tests, and what only tests import. */
export function isTestFile(path: string): boolean {
  return path.endsWith(".test.ts") || path.includes("/src/testing/");
}

/** Comments that fill their lines. */
const COMMENT = /^\s*(?:\/\/|\/?\*).*$/gm;
/** Sources of fixtures stand in templates; a test's own imports stand above them. */
const TEMPLATE = /`(?:[^`\\]|\\[\s\S])*`/g;

function specifiersOf(text: string, test: boolean): string[] {
  const patterns = test ? [STATIC] : [STATIC, DYNAMIC];
  const code = text.replace(COMMENT, "");
  const own = test ? code.replace(TEMPLATE, "``") : code;
  return patterns.flatMap((pattern) => [...own.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** Every import of a folder's sources, tests included. */
export function importsIn(folder: string): readonly SourceImport[] {
  return sourcesIn(join(ROOT, folder)).flatMap((path) =>
    specifiersOf(readFileSync(path, "utf8"), isTestFile(path)).map((specifier) => ({
      file: relative(ROOT, path),
      specifier,
    })),
  );
}

/** The text of every source file of a folder, tests left out. */
export function sourceTexts(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return sourcesIn(join(ROOT, folder))
    .filter((path) => !isTestFile(path))
    .map((path) => ({ file: relative(ROOT, path), text: readFileSync(path, "utf8") }));
}

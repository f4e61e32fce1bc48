import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { handlerExports } from "./handler-exports.ts";

/** A handler as a module exports it. */
export interface FoundHandler {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly exportName: string;
}

/** Folders that hold no sources of functions. */
const SKIPPED = new Set([
  "node_modules",
  "bower_components",
  "dist",
  "build",
  "cdk.out",
  "coverage",
  "e2e",
  "test",
  "tests",
  "__tests__",
  "__mocks__",
]);
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const NOT_SOURCE = /\.(?:test|spec|d|config|mock|stories)\.[cm]?[jt]sx?$/;
const COMPILED = /\.([cm]?)js$/;

/** Deep enough for `services/orders/packages/api/src/functions/create/index.ts`. */
const DEPTH = 8;

/** A module that a compiler wrote beside its source is no second function. */
function isCompiled(name: string, names: ReadonlySet<string>): boolean {
  return COMPILED.test(name) && [".$1ts", ".$1tsx"].some((to) => names.has(name.replace(COMPILED, to)));
}

async function sourcesIn(root: string, folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const names = new Set(entries.map(({ name }) => name));
  const found = await Promise.all(
    entries.map((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        const isSkipped = depth === 0 || entry.name.startsWith(".") || SKIPPED.has(entry.name);
        return isSkipped ? [] : sourcesIn(root, path, depth - 1);
      }
      const isSource = entry.isFile() && SOURCE.test(entry.name) && !NOT_SOURCE.test(entry.name);
      return isSource && !isCompiled(entry.name, names) ? [path] : [];
    }),
  );
  return found.flat().sort();
}

/** The handlers of a repository, in the order of their paths. */
export async function findHandlers(root: string): Promise<readonly FoundHandler[]> {
  const handlers: FoundHandler[] = [];
  for (const path of await sourcesIn(root, "", DEPTH)) {
    const text = await readFile(join(root, path), "utf8");
    handlers.push(...handlerExports(text).map((exportName) => ({ path, exportName })));
  }
  return handlers;
}

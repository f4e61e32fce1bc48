import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { handlerExports } from "./handler-exports.ts";
import { pythonHandlers } from "./python-handlers.ts";
import { handlersOf, nameIn, templateHandlers } from "./template-handlers.ts";

/** A handler as a module exports it. */
export interface FoundHandler {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly exportName: string;
  /** Of a Python module the handler string that a template names; `null` without one. */
  readonly template?: string | null;
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
  "__pycache__",
  "site-packages",
  "venv",
]);
const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx|py)$/;
const NOT_SOURCE =
  /\.(?:test|spec|d|config|mock|stories)\.[cm]?[jt]sx?$|^(?:test_.*|.*_test|conftest|setup|noxfile)\.py$/;
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
  // A virtual environment, whatever it is called (PEP 405).
  if (names.has("pyvenv.cfg")) return [];
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

function handlersIn(path: string, text: string, templates: readonly string[]): FoundHandler[] {
  if (!path.endsWith(".py")) return handlerExports(text).map((exportName) => ({ path, exportName }));
  const own = handlersOf(path, templates);
  return pythonHandlers(text, own.map(nameIn)).map((exportName) => {
    const template = own.find((handler) => nameIn(handler) === exportName) ?? null;
    return { path, exportName, template };
  });
}

/** The handlers of a repository, in the order of their paths. */
export async function findHandlers(root: string): Promise<readonly FoundHandler[]> {
  const handlers: FoundHandler[] = [];
  const templates = await templateHandlers(root);
  for (const path of await sourcesIn(root, "", DEPTH))
    handlers.push(...handlersIn(path, await readFile(join(root, path), "utf8"), templates));
  return handlers;
}

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Verdict } from "./job.ts";

/** Whether the nearest package.json makes `.js` files ES modules. One that cannot be read makes none. */
function isModuleFolder(folder: string): boolean {
  if (basename(folder) === "node_modules") return false;
  const file = join(folder, "package.json");
  if (existsSync(file)) {
    try {
      return (JSON.parse(readFileSync(file, "utf8")) as { type?: unknown } | null)?.type === "module";
    } catch {
      return false;
    }
  }
  const above = dirname(folder);
  return above !== folder && isModuleFolder(above);
}

/** The ways the runtime tries, in its order: extension and how it is loaded. */
function waysFor(isModule: boolean): readonly (readonly [string, "require" | "import"])[] {
  const script: readonly (readonly [string, "require" | "import"])[] = [
    ["", "require"],
    [".js", isModule ? "import" : "require"],
    [".mjs", "import"],
    [".cjs", "require"],
  ];
  if (Number.parseInt(process.versions.node, 10) < 24) return script;
  return [...script, [".ts", isModule ? "import" : "require"], [".mts", "import"], [".cts", "require"]];
}

/**
 * Loads the module of a handler string as the Node.js runtime does (aws-lambda-nodejs-runtime-interface-client,
 * `UserFunction.js`, `_tryRequire`).
 */
async function loadModule(root: string, handler: string): Promise<unknown> {
  const file = basename(handler);
  const folder = handler.slice(0, handler.indexOf(file));
  const module = file.slice(0, file.indexOf("."));
  const path = resolve(root, folder, module);
  const require = createRequire(join(root, "index.js"));
  for (const [extension, way] of waysFor(isModuleFolder(dirname(path)))) {
    if (!existsSync(path + extension)) continue;
    const loaded: unknown =
      way === "require" ? require(path + extension) : await import(pathToFileURL(path + extension).href);
    if (loaded) return loaded;
  }
  return require(require.resolve(module, { paths: [root, resolve(root, folder)] }));
}

/** A class can only be constructed, and the runtime calls its handler. */
function isClass(found: unknown): boolean {
  return typeof found === "function" && /^class\b/.test(Function.prototype.toString.call(found));
}

/** Loads a handler, and says whether it is one. */
export async function loadHandler(root: string, handler: string): Promise<Verdict> {
  const loaded = await loadModule(root, handler);
  const file = basename(handler);
  const names = file.slice(file.indexOf(".") + 1).split(".");
  const found = names.reduce<unknown>((at, name) => at && (at as Record<string, unknown>)[name], loaded);
  if (isClass(found)) return { kind: "value", found: "class" };
  if (typeof found === "function") return { kind: "function" };
  if (found) return { kind: "value", found: Array.isArray(found) ? "array" : typeof found };
  return { kind: "missing", exports: Object.keys(loaded as object).slice(0, 50) };
}

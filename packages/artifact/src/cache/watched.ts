import { realpathSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import type { ResolvedConfig, ResolvedFunction } from "@sluice/core";
import { isDynamicPattern } from "tinyglobby";
import { artifactName } from "../build/artifact-names.ts";
import { statOf } from "../files/listed-file.ts";
import { readRecord, recordPath } from "./record.ts";

/** Absolute paths of folders in which something may change what functions are made of. */
export interface WatchedFolders {
  /** With everything below them. */
  readonly deep: readonly string[];
  /** What stands in them alone. */
  readonly flat: readonly string[];
}

/** The folder that a glob begins in. */
function baseOf(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => isDynamicPattern(part));
  return first === -1 ? pattern : parts.slice(0, first).join("/") || ".";
}

/** Where the module of an entry `module:function` may stand: its folder, or that of its package, at the root or in `src`. */
function entryPaths({ entry, source, runtime }: ResolvedFunction): string[] {
  const isModule = source === "module" && runtime.startsWith("python") && !entry.endsWith(".py");
  if (!isModule) return [entry];
  const path = entry.replaceAll(".", "/");
  return [`${path}.py`, `src/${path}.py`];
}

/** Paths that the configuration itself names, relative to the root. */
function namedPaths(fn: ResolvedFunction): string[] {
  const assets = fn.assets.map(({ from }) => baseOf(from));
  // What a command makes is no reason to run it again.
  if (fn.command !== null) return [...assets, ...(fn.inputs ?? []).map(baseOf)];
  return [...assets, ...entryPaths(fn), ...(fn.python.requirements ?? []), ...fn.python.findLinks];
}

/** Paths that the last build of an artifact read or looked for, relative to the root. */
function readPaths(cache: string, name: string): string[] {
  const record = readRecord(recordPath(cache, name));
  if (record === null) return [];
  const files = [...record.inputs, ...record.lockfiles].map(([path]) => path);
  return [...files, ...record.siblings.map(({ folder }) => join(folder, "x"))];
}

/**
 * Where to look for changes of these functions: the folders of what their last builds read, outside of `node_modules`, and of
 * what the configuration names. A folder right below the root counts with all that is below it, so that a file is seen that
 * appears where it was missed.
 */
export function watchedFolders(
  config: ResolvedConfig,
  functions: readonly ResolvedFunction[],
): WatchedFolders {
  const root = realpathSync(config.root);
  const cache = join(config.root, ".sluice", "cache");
  const deep = new Set<string>();
  const flat = new Set([root, join(root, "node_modules")]);
  const add = (path: string): void => {
    const absolute = resolve(root, path);
    const shown = relative(root, absolute).replaceAll(sep, "/");
    const isFolder = statOf(absolute)?.isDirectory() === true;
    const folder = isFolder ? absolute : dirname(absolute);
    const isInstalled = shown.split("/").includes("node_modules");
    if (isInstalled && !isFolder && posix.basename(posix.dirname(shown)) !== "node_modules") return;
    const [top = ""] = shown.split("/");
    const isAbove = root === folder || root.startsWith(folder + sep);
    if (isInstalled || isAbove) flat.add(folder);
    else deep.add(top === ".." ? folder : join(root, top));
  };
  const used = new Set(functions.flatMap(({ layers }) => layers));
  for (const fn of functions) for (const path of [...namedPaths(fn), ...readPaths(cache, fn.name)]) add(path);
  for (const { name, folders, python } of config.layers.filter((layer) => used.has(layer.name))) {
    const named = [...folders.map(({ from }) => from), ...(python.requirements ?? []), ...python.findLinks];
    for (const path of [...named, ...readPaths(cache, artifactName(name))]) add(path);
  }
  return { deep: [...deep].sort(), flat: [...flat].sort() };
}

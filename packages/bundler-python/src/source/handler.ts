import type { ResolvedFunction } from "@sluice/core";
import type { PythonTarget } from "../target.ts";
import type { PythonEntry } from "./entry.ts";
import {
  entryShadowed,
  exportInvalid,
  handlerBuiltin,
  handlerElsewhere,
  handlerInvalid,
  handlerNotDefined,
  handlerShadowed,
} from "./errors.ts";
import { extensionSuffixes } from "./own-modules.ts";
import type { ModuleScan } from "./scan-module.ts";
import { isBuiltin } from "./standard-library.ts";

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

function isIdentifier(name: string): boolean {
  return /^[\p{XID_Start}_][\p{XID_Continue}]*$/u.test(name) && !KEYWORDS.has(name);
}

/**
 * Reads a handler string as Lambda's runtime does: the part after the last dot is the function; slashes and dots in the rest
 * separate packages (awslambdaric, `bootstrap.py`, `_get_handler`).
 */
function readHandler(handler: string): { module: string; name: string } | null {
  const dot = handler.lastIndexOf(".");
  const module = handler.slice(0, Math.max(0, dot)).replaceAll("/", ".");
  const name = handler.slice(dot + 1);
  const isModule = module.split(".").every((part) => /^[^\s\\]+$/.test(part));
  return isModule && isIdentifier(name) ? { module, name } : null;
}

/** The dotted module of a function's handler string; `null` when there is none in it. */
export function handlerModule(fn: ResolvedFunction): string | null {
  return readHandler(fn.handler)?.module ?? null;
}

/** How the package answers to its handler string. */
export interface HandlerLayout {
  /** Path in the package of the module that the runtime loads, with forward slashes. */
  readonly place: string;
  /** Path in the package of the entry. */
  readonly entry: string;
  /** Text of that module, when it is not one of the repository's own. */
  readonly text: string | null;
}

/** A module that gives the entry's function under the handler's name. */
function shim(entry: PythonEntry, exportName: string, name: string): string {
  const alias = exportName === name ? "" : ` as ${name}`;
  if (entry.module.split(".").every(isIdentifier))
    return `from ${entry.module} import ${exportName}${alias}\n`;
  return `import importlib\n\n${name} = importlib.import_module("${entry.module}").${exportName}\n`;
}

function hasName(scan: ModuleScan, name: string): boolean {
  return scan.names === null || scan.names.has(name);
}

function ownLayout(
  fn: ResolvedFunction,
  entry: PythonEntry,
  scan: ModuleScan,
  name: string,
  place: string,
): HandlerLayout {
  if (fn.exportName !== name && !hasName(scan, name)) {
    if (hasName(scan, fn.exportName))
      throw handlerElsewhere(fn.name, fn.handler, name, fn.exportName, entry.label);
    throw handlerNotDefined(fn.name, entry.label, name, scan.definitions);
  }
  if (!hasName(scan, name)) throw handlerNotDefined(fn.name, entry.label, name, scan.definitions);
  return { place, entry: place, text: null };
}

/**
 * Lays the package out so that the handler string resolves: to the entry itself when it names it, else to a small module beside.
 *
 * @param place - path of the entry in the package
 * @throws `SLUICE_PYTHON_HANDLER_INVALID`, `SLUICE_PYTHON_HANDLER_NOT_DEFINED`, `SLUICE_PYTHON_HANDLER_SHADOWED`
 */
export function layOutHandler(
  fn: ResolvedFunction,
  entry: PythonEntry,
  scan: ModuleScan,
  place: string,
): HandlerLayout {
  const handler = readHandler(fn.handler);
  if (handler === null) throw handlerInvalid(fn.name, fn.handler);
  const first = handler.module.split(".")[0] ?? "";
  if (isBuiltin(first)) throw handlerBuiltin(fn.name, fn.handler, first);
  if (!isIdentifier(fn.exportName)) throw exportInvalid(fn.name, entry.label, fn.exportName);
  if (handler.module === entry.module) return ownLayout(fn, entry, scan, handler.name, place);
  if (!hasName(scan, fn.exportName))
    throw handlerNotDefined(fn.name, entry.label, fn.exportName, scan.definitions);
  return {
    place: `${handler.module.replaceAll(".", "/")}.py`,
    entry: place,
    text: shim(entry, fn.exportName, handler.name),
  };
}

/** Paths that Python would load instead of a module at `place`: at each part of its name, what comes first on the way. */
function* shadowsOf(place: string, target: PythonTarget): Generator<string> {
  const parts = place
    .replace(/\/__init__\.py$/, "")
    .replace(/\.py$/, "")
    .split("/");
  for (const index of parts.keys()) {
    const path = parts.slice(0, index + 1).join("/");
    const isLast = index === parts.length - 1;
    for (const suffix of extensionSuffixes(target)) yield path + suffix;
    if (isLast && !place.endsWith("/__init__.py")) yield `${path}/__init__.py`;
  }
}

/**
 * Checks that nothing in the package takes the place of the module that the handler names, or of the entry that it imports.
 *
 * @param paths - every path in the package, of own files and of dependencies, but that of the handler's module itself
 * @throws `SLUICE_PYTHON_HANDLER_SHADOWED`
 */
export function checkHandlerPlace(
  fn: ResolvedFunction,
  layout: HandlerLayout,
  paths: Iterable<string>,
  target: PythonTarget,
): void {
  const all = new Set(paths);
  const taken = layout.text !== null && all.has(layout.place) ? layout.place : undefined;
  const shadow = taken ?? shadowIn(all, layout.place, target);
  if (shadow !== undefined) throw handlerShadowed(fn.name, fn.handler, shadow, layout.place);
  const ofEntry = shadowIn(all, layout.entry, target);
  if (ofEntry !== undefined) throw entryShadowed(fn.name, layout.entry, ofEntry);
}

function shadowIn(all: ReadonlySet<string>, place: string, target: PythonTarget): string | undefined {
  return [...shadowsOf(place, target)].find((path) => all.has(path)) ?? fileAbove(place, all);
}

/** A module that has the name of a folder on the way, where that is no regular package. */
function fileAbove(place: string, all: ReadonlySet<string>): string | undefined {
  const parts = place.split("/").slice(0, -1);
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  return folders
    .filter((folder) => !all.has(`${folder}/__init__.py`))
    .map((folder) => `${folder}.py`)
    .find((path) => all.has(path));
}

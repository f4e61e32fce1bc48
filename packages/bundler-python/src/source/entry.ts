import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix, relative, resolve, sep } from "node:path";
import { findFiles, listedFile, statOf } from "@sluice/artifact";
import { nearestOf } from "@sluice/core";
import type { PythonRun } from "../run.ts";
import {
  entryAmbiguous,
  entryInUtf16,
  entryNameless,
  entryNotAFile,
  entryNotFound,
  entryNotImportable,
  entryNotPython,
} from "./errors.ts";
import { handlerModule } from "./handler.ts";
import { createFinder } from "./own-modules.ts";
import { foldersAbove, type ProjectLayout, readLayout } from "./project-layout.ts";
import { type ModuleScan, scanModule } from "./scan-module.ts";
import { createSourceTree } from "./source-tree.ts";
import { isStandard } from "./standard-library.ts";

/** The module that a function starts from, and where its own modules stand. */
export interface PythonEntry {
  /** Absolute path. */
  readonly file: string;
  /** The same relative to the root with forward slashes, for messages. */
  readonly label: string;
  /** Absolute path of the folder whose content stands at the top of the package. */
  readonly sourceRoot: string;
  /** Dotted, from the source root. */
  readonly module: string;
  /** Absolute paths of folders that own modules are looked for in, the source root first. */
  readonly roots: readonly string[];
  readonly layout: ProjectLayout;
  /** Absolute paths that were looked for in vain, and would be taken instead. */
  readonly missing: readonly string[];
}

/** Where files of the same name are never what is meant. */
export const NEVER_LOOKED_AT: readonly string[] = [
  "**/node_modules/**",
  "**/.*/**",
  "**/site-packages/**",
  "**/__pycache__/**",
];

function shown(run: PythonRun, path: string): string {
  return relative(run.root, path).replaceAll(sep, "/");
}

/** Files that may be meant: of nearly the same name in the folder, or of the same name anywhere. */
function nearby(run: PythonRun, entry: string): string[] {
  const path = entry.endsWith(".py") ? entry : `${entry.replaceAll(".", "/")}.py`;
  const folder = resolve(run.root, dirname(path));
  const withSlashes = entry.replaceAll("\\", "/");
  if (withSlashes !== entry && statOf(resolve(run.root, withSlashes))?.isFile()) return [withSlashes];
  const names = statOf(folder)?.isDirectory()
    ? readdirSync(folder).filter((name) => name.endsWith(".py"))
    : [];
  const near = nearestOf(basename(path), names);
  if (near !== null) return [posix.join(dirname(path), near)];
  return findFiles(run, [`**/${basename(path)}`], { ignore: NEVER_LOOKED_AT }).slice(0, 3);
}

/** Names of modules from a folder to a file below it. */
function partsOf(root: string, file: string): string[] {
  const parts = relative(root, file).split(sep);
  const last = basename(parts.pop() ?? "", ".py");
  return last === "__init__" ? parts : [...parts, last];
}

/** Whether a source may define a name at its top. */
function mayDefine({ names }: ModuleScan, name: string): boolean {
  return names === null || names.has(name);
}

function deepestRelativeImport(scan: ModuleScan): number {
  return Math.max(0, ...scan.imports.filter((each) => each.when !== "never").map((each) => each.level));
}

/**
 * The folder that the handler string's module starts from, when it ends as the entry's path does: whoever wrote it for AWS laid the
 * package out so. Not where the entry imports relative to a package that it would not be in.
 */
function rootByHandler(run: PythonRun, file: string, scan: ModuleScan): string | null {
  const wanted = handlerModule(run.fn)?.split(".") ?? [];
  const own = partsOf(run.repository, file);
  if (wanted.length === 0 || wanted.length > own.length) return null;
  if (wanted.join(".") !== own.slice(-wanted.length).join(".")) return null;
  const above = wanted.length - (basename(file) === "__init__.py" ? 0 : 1);
  if (deepestRelativeImport(scan) > above) return null;
  return resolve(dirname(file), ...Array.from({ length: above }, () => ".."));
}

/** The folder above the packages that a file is in; the root's own `__init__.py` makes it no package. */
function rootByPackages(run: PythonRun, file: string): { root: string; missing: string } {
  const folders = foldersAbove(run, dirname(file));
  const isPackage = (folder: string): boolean => statOf(join(folder, "__init__.py"))?.isFile() === true;
  const root = folders.find((folder) => !isPackage(folder)) ?? folders.at(-1) ?? run.root;
  return { root, missing: join(root, "__init__.py") };
}

/** Whether a source imports modules that stand beside it, as scripts do. */
function importsBeside(run: PythonRun, folder: string, scan: ModuleScan): boolean {
  const firsts = scan.imports
    .filter((each) => each.level === 0)
    .map((each) => each.module.split(".")[0] ?? "");
  const isBeside = (name: string): boolean =>
    [`${name}.py`, `${name}/__init__.py`].some((path) => statOf(join(folder, path))?.isFile() === true);
  return firsts.some((name) => !isStandard(name, run.target.minor) && isBeside(name));
}

/** For a file that is in no package: the folder that pyproject.toml names, or the nearest `src` above it; else its own. */
function rootOfLone(run: PythonRun, file: string, scan: ModuleScan, layout: ProjectLayout): string {
  const folder = dirname(file);
  const above = foldersAbove(run, folder);
  const root =
    layout.roots.find((each) => above.includes(each)) ?? above.find((each) => basename(each) === "src");
  if (root === undefined || importsBeside(run, folder, scan)) return folder;
  // Python would find the standard library's package before a folder of its name.
  return isStandard(partsOf(root, file)[0] ?? "", run.target.minor) ? folder : root;
}

/**
 * Where the handler's module would be the entry itself, but calls a function of another name than it has, the entry moves a folder down
 * in the package, so that there is a place for a module that has that name.
 */
function withPlaceForHandler(run: PythonRun, root: string, file: string, scan: ModuleScan): string {
  const { handler, exportName } = run.fn;
  const name = handler.slice(handler.lastIndexOf(".") + 1);
  const isSame = partsOf(root, file).join(".") === handlerModule(run.fn);
  if (!isSame || mayDefine(scan, name) || !mayDefine(scan, exportName)) return root;
  const canMove =
    root !== run.root && root !== run.repository && !isStandard(basename(root), run.target.minor);
  return canMove ? dirname(root) : root;
}

function rootsOf(run: PythonRun, first: string, file: string, layout: ProjectLayout): string[] {
  const { root } = rootByPackages(run, file);
  const folders = [first, root, ...layout.roots, join(run.root, "src"), run.root];
  return [...new Set(folders)].filter((folder) => statOf(folder)?.isDirectory() === true);
}

function checkNames(run: PythonRun, parts: readonly string[]): void {
  const wrong = parts.find((part) => part.includes(".") || part === "");
  if (wrong !== undefined) throw entryNotImportable(run.fn.name, run.fn.entry, wrong);
  if (parts.length === 0) throw entryNameless(run.fn.name, run.fn.entry);
}

/** Python would say so itself, but only where it is there to load the entry. */
function checkEncoding(run: PythonRun, bytes: Uint8Array): void {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString("hex");
  if (mark === "fffe" || mark === "feff") throw entryInUtf16(run.fn.name, run.fn.entry);
}

function entryAtPath(run: PythonRun): PythonEntry {
  const file = resolve(run.root, run.fn.entry);
  const stat = statOf(file);
  if (stat === undefined) throw entryNotFound(run.fn.name, run.fn.entry, nearby(run, run.fn.entry));
  if (!stat.isFile()) throw entryNotAFile(run.fn.name, run.fn.entry);
  listedFile({ ...run, functionName: run.fn.name }, file, "");
  const bytes = readFileSync(file);
  checkEncoding(run, bytes);
  const scan = scanModule(bytes);
  const layout = readLayout(run, dirname(file));
  const byPackages = rootByPackages(run, file);
  const isLone = byPackages.root === dirname(file);
  const natural =
    rootByHandler(run, file, scan) ?? (isLone ? rootOfLone(run, file, scan, layout) : byPackages.root);
  const sourceRoot = withPlaceForHandler(run, natural, file, scan);
  const parts = partsOf(sourceRoot, file);
  checkNames(run, parts);
  return {
    file,
    label: shown(run, file),
    sourceRoot,
    module: parts.join("."),
    roots: rootsOf(run, sourceRoot, file, layout),
    layout,
    missing: [byPackages.missing],
  };
}

function entryByModule(run: PythonRun): PythonEntry {
  const layout = readLayout(run, run.root);
  const folders = [...new Set([join(run.root, "src"), ...layout.roots, run.root])];
  const tree = createSourceTree();
  const parts = run.fn.entry.split(".");
  const found = folders.flatMap((root) => {
    const find = createFinder({ tree, target: run.target, roots: [root], projects: layout.projects });
    const { chain, depth } = find(parts);
    const module = chain.at(-1);
    return module?.name === run.fn.entry && depth === parts.length ? [module] : [];
  });
  const [first, ...others] = found;
  if (first === undefined) throw entryNotFound(run.fn.name, run.fn.entry, nearby(run, run.fn.entry));
  if (others.some((other) => other.file !== first.file)) {
    const files = found.map((module) => shown(run, module.file));
    throw entryAmbiguous(run.fn.name, run.fn.entry, files);
  }
  return {
    file: first.file,
    label: shown(run, first.file),
    sourceRoot: first.root,
    module: first.name,
    roots: rootsOf(run, first.root, first.file, layout),
    layout,
    missing: [...tree.missing],
  };
}

/**
 * Finds the module that a function starts from.
 *
 * A dotted module is looked for in `src`, where pyproject.toml says, and in the root. The source root of a file is, in this order: the
 * folder that the handler string starts from; the folder above the packages (`__init__.py`) that it is in; its own folder, if it imports
 * what stands beside it; the folder that pyproject.toml names, or the nearest `src` above it; its own folder.
 *
 * @throws `SLUICE_PYTHON_ENTRY_NOT_FOUND`, `SLUICE_PYTHON_ENTRY_AMBIGUOUS`, `SLUICE_PYTHON_ENTRY_NOT_IMPORTABLE`,
 * `SLUICE_PYTHON_SYNTAX_ERROR`, `SLUICE_SYMLINK_OUTSIDE`, `SLUICE_FILE_UNREADABLE`
 */
export function findEntry(run: PythonRun): PythonEntry {
  const { name, entry, runtime } = run.fn;
  if (/\.[cm]?[jt]sx?$/.test(entry)) throw entryNotPython(name, entry, runtime);
  return run.fn.entry.endsWith(".py") ? entryAtPath(run) : entryByModule(run);
}

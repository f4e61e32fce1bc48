import { readFileSync } from "node:fs";
import { dirname, join, posix, resolve, sep } from "node:path";
import { findFiles, statOf } from "@sluice/artifact";
import { parse } from "smol-toml";
import type { PythonRun } from "../run.ts";

/** What the `pyproject.toml` files above an entry say about where modules stand. */
export interface ProjectLayout {
  /** Absolute paths of folders that names of modules start from, the nearest project's first. */
  readonly roots: readonly string[];
  /** Absolute paths of folders that are projects of their own, which depend on each other by name. */
  readonly projects: readonly string[];
  /** Absolute paths of the files that were read. */
  readonly read: readonly string[];
  /** Absolute paths of those that do not exist. */
  readonly missing: readonly string[];
}

type Table = Readonly<Record<string, unknown>>;

function tableAt(table: unknown, ...keys: readonly string[]): Table {
  let value: unknown = table;
  for (const key of keys) value = isTable(value) ? value[key] : undefined;
  return isTable(value) ? value : {};
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === "string");
}

/** Folders that packages of the project stand in, as each build backend has it. */
function packageFolders(pyproject: Table): string[] {
  const setuptools = tableAt(pyproject, "tool", "setuptools");
  const hatch = tableAt(pyproject, "tool", "hatch", "build", "targets", "wheel");
  const { packages } = tableAt(pyproject, "tool", "poetry");
  const poetry = Array.isArray(packages) ? packages.map((item) => tableAt(item)["from"]) : [];
  return [
    ...texts(tableAt(setuptools, "package-dir")[""]),
    ...texts(tableAt(setuptools, "packages", "find")["where"]),
    ...texts(hatch["packages"]).map((path) => posix.dirname(path)),
    ...(isTable(hatch["sources"])
      ? Object.keys(hatch["sources"]).filter((key) => tableAt(hatch, "sources")[key] === "")
      : texts(hatch["sources"])),
    ...poetry.flatMap(texts),
    ...texts(tableAt(pyproject, "tool", "uv", "build-backend")["module-root"]),
    ...texts(tableAt(pyproject, "tool", "pdm", "build")["package-dir"]),
    ...texts(tableAt(pyproject, "tool", "pytest", "ini_options")["pythonpath"]),
  ];
}

/** Folders of other projects: members of a workspace, and what is depended on by its path. */
function projectFolders(run: PythonRun, folder: string, pyproject: Table): string[] {
  const { members, exclude } = tableAt(pyproject, "tool", "uv", "workspace");
  const manifests = texts(members).map((glob) => posix.join(glob, "pyproject.toml"));
  const ignore = texts(exclude).map((glob) => posix.join(glob, "**"));
  const scope = { root: folder, repository: run.repository };
  const found = manifests.length === 0 ? [] : findFiles(scope, manifests, { ignore });
  const dependencies = [
    ...Object.values(tableAt(pyproject, "tool", "uv", "sources")),
    ...Object.values(tableAt(pyproject, "tool", "poetry", "dependencies")),
  ];
  const paths = dependencies.flatMap((item) => texts(tableAt(item)["path"]));
  return [...found.map((path) => posix.dirname(path)), ...paths].map((path) => resolve(folder, path));
}

/** The table in a `pyproject.toml`. A broken one says nothing here: whoever reads requirements out of it names the mistake. */
function readTable(path: string): Table {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}

/** The folder itself and those above it, up to `top`. */
export function foldersUpTo(folder: string, top: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== top && dirname(at) !== at && at.startsWith(top + sep); ) {
    at = dirname(at);
    folders.push(at);
  }
  return folders;
}

/** The folder itself and those above it, up to the repository's root; of one that is not below that, up to where `.git` is. */
export function foldersAbove(run: PythonRun, folder: string): string[] {
  const isBelow = folder === run.root || folder.startsWith(run.root + sep);
  return foldersUpTo(folder, isBelow ? run.root : run.repository);
}

/** @param folder - absolute path of the folder to start from */
export function readLayout(run: PythonRun, folder: string): ProjectLayout {
  const folders = foldersAbove(run, folder);
  const files = folders.map((each) => join(each, "pyproject.toml"));
  const read = files.filter((file) => statOf(file)?.isFile() === true);
  const tables = read.map((file) => ({ folder: dirname(file), table: readTable(file) }));
  const roots = tables.flatMap(({ folder: at, table }) =>
    packageFolders(table).map((path) => resolve(at, path)),
  );
  const projects = tables.flatMap(({ folder: at, table }) => projectFolders(run, at, table));
  return {
    roots: [...new Set(roots)].filter((path) => statOf(path)?.isDirectory() === true),
    projects: [...new Set(projects)].filter((path) => !folders.includes(path)),
    read,
    missing: files.filter((file) => !read.includes(file)),
  };
}

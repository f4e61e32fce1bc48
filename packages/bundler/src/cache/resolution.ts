import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join, posix, relative, resolve, sep } from "node:path";
import { type FileStates, namesIn, type Resolution, type Siblings, stemOf, takers } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import { isInstalled } from "../node/portable.ts";
import { isMadeUp, linksOf } from "./links.ts";
import { packageOf } from "./package-names.ts";
import { pathTargets, readTsconfigs } from "./tsconfig.ts";

const LOCKFILES = [
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
];

/** What package managers keep beside what they installed. */
const INSTALL_STATES = [
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
];

/** Folders from the one of `path` up to the top of the file system. */
function foldersAbove(root: string, path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(resolve(root, path)); ; folder = dirname(folder)) {
    folders.push(folder);
    if (dirname(folder) === folder) return folders;
  }
}

/** The nearest file of this name, as esbuild takes the nearest package.json and tsconfig.json of a source. */
function nearest(folders: readonly string[], name: string, known: Map<string, boolean>): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      const exists = known.get(path) ?? existsSync(path);
      known.set(path, exists);
      return exists;
    });
}

/** Names in each folder that an input's path goes through, by their stems, down from `top`. */
function stemsAlong(
  top: string,
  folders: readonly string[],
  name: string,
  stems: Map<string, Set<string>>,
): void {
  let child = name;
  for (const folder of folders) {
    if (folder !== top && !folder.startsWith(top + sep)) return;
    stems.set(folder, (stems.get(folder) ?? new Set(["package", "tsconfig"])).add(stemOf(child)));
    child = basename(folder);
  }
}

/** Whether package.json and tsconfig files are there, for all functions of a build. */
const existing = new WeakMap<FileStates, Map<string, boolean>>();

/** Where tsconfigs have the sources' imports looked for, in folders that may not be there yet. */
function mappedTargets(metafile: Metafile["inputs"], tsconfigs: ReturnType<typeof readTsconfigs>): string[] {
  const own = Object.entries(metafile).filter(([input]) => !isInstalled(input));
  const specifiers = own.flatMap(([, { imports }]) =>
    imports.map(({ path, original }) => original ?? path).filter((name) => !/^[./]|^node:/.test(name)),
  );
  return [...new Set(specifiers)].flatMap((specifier) => pathTargets(tsconfigs, specifier));
}

/** What esbuild consults for files, by absolute path: package.json and tsconfig.json files, and the stems of names in folders. */
interface Consulted {
  readonly packages: ReadonlySet<string>;
  readonly tsconfigs: ReadonlySet<string>;
  readonly stems: Map<string, Set<string>>;
}

function consulted(files: FileStates, top: string, inputs: readonly string[]): Consulted {
  const packages = new Set<string>();
  const tsconfigs = new Set<string>();
  const stems = new Map<string, Set<string>>();
  const known = existing.get(files) ?? new Map<string, boolean>();
  existing.set(files, known);
  const done = new Set<string>();
  for (const input of inputs) {
    // Most inputs are installed files of few folders, and one says all about its folder.
    const folder = dirname(input);
    if (isInstalled(input) && done.has(folder)) continue;
    done.add(folder);
    const folders = foldersAbove(files.root, input);
    const manifest = nearest(folders, "package.json", known);
    if (manifest !== undefined) packages.add(manifest);
    if (isInstalled(input)) continue;
    const tsconfig = nearest(folders, "tsconfig.json", known);
    if (tsconfig !== undefined) tsconfigs.add(tsconfig);
    stemsAlong(top, folders, basename(input), stems);
  }
  return { packages, tsconfigs, stems };
}

/**
 * Collects what decided how the imports of `inputs` resolved.
 *
 * @param files - as they are after the build
 * @param top - absolute path where the repository begins; what appears above it is not looked for
 * @param inputs - files that were read, relative to `root`, with forward slashes
 * @param metafile - what imported what
 * @param tsconfig - the one that the options name, if any
 */
export function resolutionOf(
  files: FileStates,
  top: string,
  inputs: readonly string[],
  metafile: Metafile["inputs"],
  tsconfig: string | null,
): Resolution {
  const { root } = files;
  const shown = (path: string): string => posix.normalize(relative(root, path).replaceAll(sep, "/"));
  const { packages, tsconfigs, stems } = consulted(files, top, inputs);
  const named = tsconfig === null ? [] : [resolve(root, tsconfig)];
  const read = readTsconfigs([...new Set([...named, ...tsconfigs])]);
  const addStem = (path: string, name: string): void => {
    stems.set(path, (stems.get(path) ?? new Set()).add(stemOf(name)));
  };
  for (const target of mappedTargets(metafile, read)) {
    addStem(dirname(target), basename(target));
    addStem(target, "index");
  }
  const within = foldersAbove(root, "x").filter((folder) => folder === top || folder.startsWith(top + sep));
  // One that appears says of everything where it comes from.
  for (const folder of within) for (const name of LOCKFILES) addStem(folder, name);
  const locks = within.flatMap((folder) =>
    [...LOCKFILES, ...INSTALL_STATES].map((name) => join(folder, name)),
  );
  const siblings = [...stems].map(([path, found]): Siblings => {
    const folder = shown(path);
    return { folder, stems: [...found], names: takers(namesIn(path), [...found]) };
  });
  return {
    configs: [...new Set([...packages, ...read.map(({ file }) => file)])].map(shown).sort(),
    lockfiles: locks.filter((path) => existsSync(path)).map(shown),
    siblings,
    links: linksOf(files, top, metafile),
    packages: importedPackages(metafile),
  };
}

function importedPackages(metafile: Metafile["inputs"]): string[] {
  const names = new Set<string>();
  for (const { imports } of Object.values(metafile)) {
    for (const { path, original, external = false } of imports) {
      const specifier = external ? path : original;
      if (specifier === undefined || /^[./#]/.test(specifier)) continue;
      if (!isBuiltin(specifier) && !isMadeUp(specifier)) names.add(packageOf(specifier));
    }
  }
  return [...names].sort();
}

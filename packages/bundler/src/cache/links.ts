import { isBuiltin } from "node:module";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Metafile } from "esbuild";
import { ENTRY_NAMESPACE } from "../node/entry.ts";
import { type FileStates, namesIn, realOf } from "./fingerprint.ts";
import { packageOf } from "./package-names.ts";

/**
 * A place where an import was looked for: a symbolic link with what it led to, or `null` for nothing. Paths are relative to the
 * root.
 */
export type Link = readonly [path: string, real: string | null];

/** Whether each link still leads where it led. */
export function linksUnchanged(files: FileStates, links: readonly Link[]): boolean {
  return links.every(([path, real]) => files.real(path) === real);
}

/** The first link by which a source was found that leaves the repository; packages may be installed anywhere. */
export function leavingLink({ root, repository }: LinkScope, links: readonly Link[]): string | null {
  const isInside = (path: string): boolean => resolve(root, path).startsWith(repository + sep);
  const found = links.find(
    ([path, real]) =>
      real !== null && !path.split("/").includes("node_modules") && isInside(path) && !isInside(real),
  );
  return found?.[0] ?? null;
}

interface LinkScope {
  /** Absolute real path. */
  readonly root: string;
  /** Absolute real path that symbolic links must not leave. */
  readonly repository: string;
}

/** The folder that an input's imports start from; `null` for what plugins made up. */
function folderOf(root: string, input: string): string | null {
  if (input.startsWith(`${ENTRY_NAMESPACE}:`)) return root;
  return /^(<|[\w-]{2,}:)/.test(input) ? null : dirname(resolve(root, input));
}

/** Whether esbuild made it up, as `<runtime>` for its own helpers: it stands among the imports that are left out of the bundle. */
export function isMadeUp(specifier: string): boolean {
  return specifier.startsWith("<");
}

const isPath = (specifier: string): boolean => /^\.\.?(\/|$)|^\//.test(specifier);

/** Names beside an import's target that could be it, in whatever spelling. */
function alike(target: string): string[] {
  const stem = basename(target).split(".")[0];
  return namesIn(dirname(target))
    .filter((name) => name.split(".")[0] === stem)
    .map((name) => join(dirname(target), name));
}

/**
 * Collects the symbolic links by which imports were resolved, as package managers and workspaces lay them out, and the places
 * where a package that was not found would have been. A package that is no link needs none: its files tell.
 *
 * @param top - absolute path above which nothing that appears is looked for
 */
export function linksOf(root: string, top: string, inputs: Metafile["inputs"]): Link[] {
  const known = new Map<string, string | null>();
  const real = (path: string): string | null => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const led = realOf(root, path);
    known.set(path, led);
    return led;
  };
  const links = new Map<string, string | null>();
  const note = (path: string): void => {
    const shown = relative(root, path).replaceAll(sep, "/");
    const led = real(path);
    if (led !== shown) links.set(shown, led);
  };
  const lookUp = (from: string, name: string, isMissing: boolean): void => {
    for (let folder = from; ; folder = dirname(folder)) {
      const place = join(folder, "node_modules", name);
      const isThere = basename(folder) !== "node_modules" && real(place) !== null;
      const isWithin = folder === top || folder.startsWith(top + sep);
      if (isThere || (isMissing && isWithin)) note(place);
      if (isThere || dirname(folder) === folder) return;
    }
  };
  for (const [input, { imports }] of Object.entries(inputs)) {
    const folder = folderOf(root, input);
    if (folder === null) continue;
    const isInstalled = input.split("/").includes("node_modules");
    for (const { path, original, external = false } of imports) {
      const specifier = external ? path : original;
      if (specifier === undefined || isBuiltin(specifier) || isMadeUp(specifier)) continue;
      if (!isPath(specifier)) lookUp(folder, packageOf(specifier), external);
      else if (!isInstalled && !external) {
        const target = resolve(folder, specifier);
        for (const place of [dirname(target), ...alike(target)]) note(place);
      }
    }
  }
  return [...links];
}

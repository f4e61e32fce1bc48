import { isBuiltin } from "node:module";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type FileStates, type Link, namesIn } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import { ENTRY_NAMESPACE } from "../node/entry.ts";
import { isInstalled } from "../node/portable.ts";
import { packageOf } from "./package-names.ts";

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

/** What importers of one folder find under one name: most functions of a run import the same from the same folders. */
const lookUps = new WeakMap<FileStates, Map<string, readonly Link[]>>();

/**
 * Collects the symbolic links by which imports were resolved, as package managers and workspaces lay them out, and the places
 * where a package that was not found would have been. A package that is no link needs none: its files tell.
 *
 * @param files - as they are after the build
 * @param top - absolute path above which nothing that appears is looked for
 */
export function linksOf(files: FileStates, top: string, inputs: Metafile["inputs"]): Link[] {
  const { root } = files;
  const links = new Map<string, string | null>();
  const linkAt = (path: string): Link[] => {
    const shown = relative(root, path).replaceAll(sep, "/");
    const led = files.real(shown);
    return led === shown ? [] : [[shown, led]];
  };
  const search = (from: string, name: string, isMissing: boolean): Link[] => {
    const found: Link[] = [];
    for (let folder = from; ; folder = dirname(folder)) {
      const place = join(folder, "node_modules", name);
      const shown = relative(root, place).replaceAll(sep, "/");
      const isThere = basename(folder) !== "node_modules" && files.real(shown) !== null;
      const isWithin = folder === top || folder.startsWith(top + sep);
      if (isThere || (isMissing && isWithin)) found.push(...linkAt(place));
      if (isThere || dirname(folder) === folder) return found;
    }
  };
  const known = lookUps.get(files) ?? new Map<string, readonly Link[]>();
  lookUps.set(files, known);
  const lookUp = (from: string, name: string, isMissing: boolean): readonly Link[] => {
    const key = `${from}\0${name}\0${isMissing}\0${top}`;
    const found = known.get(key) ?? search(from, name, isMissing);
    known.set(key, found);
    return found;
  };
  for (const [input, { imports }] of Object.entries(inputs)) {
    const folder = folderOf(root, input);
    if (folder === null) continue;
    const installed = isInstalled(input);
    for (const { path, original, external = false } of imports) {
      const specifier = external ? path : original;
      if (specifier === undefined || isMadeUp(specifier)) continue;
      if (!isPath(specifier)) {
        if (isBuiltin(specifier)) continue;
        for (const [place, real] of lookUp(folder, packageOf(specifier), external)) links.set(place, real);
      } else if (!installed && !external) {
        const target = resolve(folder, specifier);
        for (const place of [dirname(target), ...alike(target)])
          for (const [shown, real] of linkAt(place)) links.set(shown, real);
      }
    }
  }
  return [...links];
}

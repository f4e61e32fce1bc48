import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { isSluiceError } from "@sluice/core";
import { fileNameInvalid, fileUnreadable, symlinkOutside } from "./errors.ts";
import { isNeverPacked } from "./never-packed.ts";

/** A file of the repository that goes into a deployment package as it is. */
export interface ListedFile {
  /** Absolute path. */
  readonly from: string;
  /** Path in the package, with forward slashes. */
  readonly to: string;
  readonly executable: boolean;
}

export interface Listing {
  readonly files: readonly ListedFile[];
  /** Paths that were left out because they are never packed; folders end in a slash. */
  readonly leftOut: readonly string[];
}

/** What stands at a path, links followed; `undefined` for nothing, and for what cannot be reached. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The folder that symbolic links must not leave: the nearest one with `.git`, else `root` itself. */
export function repositoryOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (statOf(join(folder, ".git")) !== undefined) return folder;
    if (dirname(folder) === folder) return root;
  }
}

/** What is needed to list files for one function. */
export interface ListingScope {
  readonly functionName: string;
  /** Real path of the repository's root, which paths in messages are relative to. */
  readonly root: string;
  /** Real path that symbolic links must not leave. */
  readonly repository: string;
}

/** Checks one file and says how it is packed. */
export function listedFile(scope: ListingScope, from: string, to: string): ListedFile {
  const shown = relative(scope.root, from).replaceAll(sep, "/");
  if (shown.includes("\uFFFD")) throw fileNameInvalid(scope.functionName, shown);
  try {
    const real = realpathSync(from);
    // What was reached from inside can be outside by symbolic links alone; what was named outside stays so by intent.
    const named = from === scope.repository || from.startsWith(scope.repository + sep);
    if (named && !real.startsWith(scope.repository + sep)) throw symlinkOutside(scope.functionName, shown);
    const stat: Stats = statSync(real);
    if (!stat.isFile()) throw new Error("not a regular file");
    accessSync(real, constants.R_OK);
    return { from, to, executable: (stat.mode & 0o111) !== 0 };
  } catch (error) {
    if (isSluiceError(error)) throw error;
    throw fileUnreadable(scope.functionName, shown, error);
  }
}

function namesIn(scope: ListingScope, folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw fileUnreadable(scope.functionName, relative(scope.root, folder).replaceAll(sep, "/"), error);
  }
}

/**
 * Lists a folder with all that is below it, in code-unit order. Follows symbolic links that stay in the repository;
 * one that leads back to a folder above it is an endless tree, and left out.
 *
 * @param at - place of the folder in the package, `""` for its top
 */
export function listFolder(scope: ListingScope, folder: string, at: string): Listing {
  const files: ListedFile[] = [];
  const leftOut: string[] = [];
  const walk = (from: string, to: string, above: readonly string[]): void => {
    const real = realpathSync(from);
    if (above.includes(real)) return;
    for (const name of namesIn(scope, from)) {
      const path = join(from, name);
      const place = to === "" ? name : `${to}/${name}`;
      const isFolder = statOf(path)?.isDirectory() === true;
      const end = isFolder ? "/" : "";
      const within = relative(folder, path).replaceAll(sep, "/") + end;
      if (isNeverPacked(within)) leftOut.push(relative(scope.root, path).replaceAll(sep, "/") + end);
      else if (isFolder) walk(path, place, [...above, real]);
      else files.push(listedFile(scope, path, place));
    }
  };
  walk(folder, at, []);
  return { files, leftOut };
}

/** The file's bytes. */
export function readListed(scope: ListingScope, file: ListedFile): Uint8Array {
  try {
    return readFileSync(file.from);
  } catch (error) {
    throw fileUnreadable(scope.functionName, relative(scope.root, file.from), error);
  }
}

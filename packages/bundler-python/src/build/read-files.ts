import { dirname, relative, sep } from "node:path";
import { EVERY_NAME, type Link, namesIn, type ReadFiles, type Siblings, takers } from "@sluice/artifact";
import type { PythonSession } from "../session.ts";

/** What decided a package, as absolute paths. */
export interface Decisive {
  /** Every file that was read. */
  readonly files: readonly string[];
  /** What was looked for and is not there. */
  readonly missing: readonly string[];
  /** Folders in which whatever appears may be packed; not what is below their subfolders. */
  readonly folders: readonly string[];
  /** Names of environment variables. */
  readonly variables: readonly string[];
}

/** The same in the words of the cache of builds. */
export function readFilesOf({ root, repository }: PythonSession, decisive: Decisive): ReadFiles {
  const shown = (path: string): string => relative(root, path).replaceAll(sep, "/");
  const siblings = [...new Set(decisive.folders)].map((folder): Siblings => {
    const names = takers(namesIn(folder), [EVERY_NAME]);
    return { folder: shown(folder), stems: [EVERY_NAME], names };
  });
  const missing = [...new Set(decisive.missing)].map((path): Link => [shown(path), null]);
  const files = [...new Set(decisive.files)];
  // What stands elsewhere on another machine is no part of the sources.
  const isOwn = (path: string): boolean => path.startsWith(repository + sep);
  const lockfiles = files.filter((path) => !isOwn(path)).map(shown);
  const { variables } = decisive;
  return {
    inputs: files.filter(isOwn).map(shown),
    resolution: { configs: [], lockfiles, siblings, links: missing, packages: [], variables },
  };
}

/** Folders of files, each once. */
export function foldersOf(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => dirname(file)))];
}

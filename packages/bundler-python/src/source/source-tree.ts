import { readdirSync } from "node:fs";
import { join } from "node:path";
import { statOf } from "@sluice/artifact";

/**
 * What stands in folders, read once, and what was looked for in vain. Names are compared as they are written, on file systems that
 * take no notice of case too: Lambda's does.
 */
export interface SourceTree {
  /** Names in a folder; empty when there is none. */
  names(folder: string): ReadonlySet<string>;
  isFile(folder: string, name: string): boolean;
  isFolder(folder: string, name: string): boolean;
  /** Absolute paths that were looked for and do not exist. */
  readonly missing: ReadonlySet<string>;
  /** Absolute paths of folders of which every name counts. */
  readonly listed: ReadonlySet<string>;
  /** Names in a folder, in code-unit order, all of which count. */
  list(folder: string): readonly string[];
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

export function createSourceTree(): SourceTree {
  const folders = new Map<string, ReadonlySet<string>>();
  const missing = new Set<string>();
  const listed = new Set<string>();
  const names = (folder: string): ReadonlySet<string> => {
    const known = folders.get(folder) ?? new Set(namesOf(folder));
    folders.set(folder, known);
    return known;
  };
  const statIn = (folder: string, name: string): ReturnType<typeof statOf> => {
    const path = join(folder, name);
    if (names(folder).has(name)) return statOf(path);
    missing.add(path);
    return undefined;
  };
  return {
    names,
    isFile: (folder, name) => statIn(folder, name)?.isFile() === true,
    isFolder: (folder, name) => statIn(folder, name)?.isDirectory() === true,
    missing,
    listed,
    list: (folder) => {
      listed.add(folder);
      return [...names(folder)];
    },
  };
}

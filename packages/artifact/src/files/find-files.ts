import { lstatSync, type PathLike, realpathSync, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import { globSync } from "tinyglobby";
import type { ListingScope } from "./listed-file.ts";

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

interface FindOptions {
  readonly ignore?: readonly string[];
  /** Whether a folder's name stands for all that is in it. */
  readonly expandDirectories?: boolean;
}

/**
 * Finds files by globs from the root, and follows symbolic links as `listFolder` does: one that leads back to a folder above it is
 * left out; one that leaves the repository, or leads nowhere, is given as if it were a file and never walked, so that whoever reads
 * it can say what is wrong with it.
 *
 * @returns paths relative to the root with forward slashes, in code-unit order
 */
export function findFiles(
  { root, repository }: Pick<ListingScope, "root" | "repository">,
  patterns: readonly string[],
  { ignore = [], expandDirectories = false }: FindOptions = {},
): string[] {
  const notFollowed = new Set<string>();
  const follow = (link: string): string => {
    let real = link;
    try {
      real = realpathSync.native(link);
    } catch {
      // It leads nowhere.
    }
    if (isWithin(real, dirname(link))) throw new Error("an endless tree");
    const leaves = isWithin(repository, link) && !isWithin(repository, real);
    if (real !== link && !leaves) return real;
    notFollowed.add(link);
    return link;
  };
  const look = (path: PathLike) => (notFollowed.has(String(path)) ? lstatSync(path) : statSync(path));
  const found = globSync([...patterns], {
    cwd: root,
    dot: true,
    expandDirectories,
    ignore,
    // Called for symbolic links alone, each with the path that the one before it gave.
    fs: {
      realpathSync: Object.assign((path: PathLike) => follow(String(path)), {
        native: realpathSync.native,
      }) as typeof realpathSync,
      statSync: look as typeof statSync,
    },
  });
  return found.map((path) => path.replaceAll("\\", "/")).sort();
}

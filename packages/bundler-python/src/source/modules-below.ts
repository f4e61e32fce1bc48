import { join, relative, sep } from "node:path";
import { isLeftOut, isSecret } from "./never-packed.ts";
import type { SourceTree } from "./source-tree.ts";

/** Folders that hold a virtual environment. */
export function isEnvironment(tree: SourceTree, folder: string): boolean {
  return tree.names(folder).has("pyvenv.cfg");
}

/**
 * Names, in parts, of every module below a folder: what stands in virtual environments, tests and output of builds is left out.
 *
 * @param top - absolute path of the repository's root
 * @param root - absolute path of the folder that names start from
 */
export function modulesBelow(tree: SourceTree, top: string, root: string, folder: string): string[][] {
  const modules: string[][] = [];
  const walk = (at: string, depth: number): void => {
    const parts = relative(root, at)
      .split(sep)
      .filter((part) => part !== "");
    for (const name of tree.list(at)) {
      const isFolder = tree.isFolder(at, name);
      if (isLeftOut({ name, isFolder, isAtRoot: at === top }) || isSecret({ name, isFolder })) continue;
      if (isFolder && !name.startsWith(".") && depth < 50 && !isEnvironment(tree, join(at, name)))
        walk(join(at, name), depth + 1);
      else if (!isFolder && name === "__init__.py") modules.push(parts);
      else if (!isFolder && /\.(?:py|so)$/.test(name)) modules.push([...parts, name.replace(/\..*$/, "")]);
    }
  };
  walk(folder, 0);
  return modules.filter((parts) => parts.length > 0);
}

import { join, relative, sep } from "node:path";
import { type ListedFile, type ListingScope, listedFile, statOf } from "@sluice/artifact";
import { isEnvironment } from "./modules-below.ts";
import { isLeftOut, isSecret } from "./never-packed.ts";
import { foldersUpTo } from "./project-layout.ts";
import type { Reach, Reached } from "./reach.ts";
import type { SourceTree } from "./source-tree.ts";

/** What data files of a function are listed in. */
export interface DataScope {
  readonly listing: ListingScope;
  readonly tree: SourceTree;
  /** Absolute paths of folders that are projects of their own. */
  readonly projects: readonly string[];
}

export interface DataFiles {
  readonly files: readonly ListedFile[];
  /** Secrets, relative to the repository's root; folders end in a slash. */
  readonly leftOut: readonly string[];
}

/** A folder, and where its names start from. */
interface Place {
  readonly root: string;
  readonly folder: string;
}

const EXTENSION = /\.(?:cpython-\d+[^/]*|abi3|pypy\d+[^/]*)\.so$|\.pyd$/;

function isModuleFile(name: string): boolean {
  return name.endsWith(".py") || EXTENSION.test(name);
}

function holdsModules(tree: SourceTree, folder: string): boolean {
  return tree.list(folder).some(isModuleFile);
}

function placeOf(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, "/");
}

class Collection {
  readonly files = new Map<string, ListedFile>();
  readonly leftOut = new Set<string>();
  private readonly walked = new Set<string>();
  private readonly scope: DataScope;

  constructor(scope: DataScope) {
    this.scope = scope;
  }

  add(root: string, path: string): void {
    const to = placeOf(root, path);
    if (!this.files.has(to)) this.files.set(to, listedFile(this.scope.listing, path, to));
  }

  /** Takes every file below a folder that no folder nearer to it with modules owns. */
  walk({ root, folder }: Place, above: readonly string[] = []): void {
    const { tree, listing, projects } = this.scope;
    const key = `${root}\0${folder}`;
    if (this.walked.has(key) || above.length > 50) return;
    this.walked.add(key);
    for (const name of tree.list(folder)) {
      const path = join(folder, name);
      const isFolder = tree.isFolder(folder, name);
      const named = { name, isFolder, isAtRoot: folder === listing.root };
      if (isSecret(named)) this.leftOut.add(placeOf(listing.root, path) + (isFolder ? "/" : ""));
      else if (isLeftOut(named)) continue;
      else if (!isFolder && !isModuleFile(name)) this.add(root, path);
      else if (
        isFolder &&
        !projects.includes(path) &&
        !isEnvironment(tree, path) &&
        !holdsModules(tree, path)
      )
        this.walk({ root, folder: path }, [...above, path]);
    }
  }
}

const PLAIN_PATH = /^(?!\.{1,2}$)[\w@+\-. ][\w@+\-./ ]*$/u;

/** Files and folders that string literals of a source name. */
function addReferences(reached: Reached, scope: DataScope, collection: Collection): void {
  for (const { text, isPath } of reached.scan?.literals ?? []) {
    if (!isPath || !PLAIN_PATH.test(text) || text.split("/").includes("..")) continue;
    for (const base of foldersUpTo(reached.module.folder, reached.module.root)) {
      const path = join(base, text);
      const [folder, name] = [join(path, ".."), path.slice(path.lastIndexOf(sep) + 1)];
      const isFolder = scope.tree.isFolder(folder, name);
      if (name === "" || path === base || (!isFolder && statOf(path)?.isFile() !== true)) continue;
      if (isSecret({ name, isFolder }))
        collection.leftOut.add(placeOf(scope.listing.root, path) + (isFolder ? "/" : ""));
      else if (isFolder) collection.walk({ root: reached.module.root, folder: path });
      else collection.add(reached.module.root, path);
    }
  }
}

/**
 * Lists the files that go with the reached modules: each file that is no module belongs to the nearest folder above it that holds
 * modules, and goes along when one of those is reached. What the repository's root itself owns goes along only when a source names it.
 */
export function listData(reach: Reach, scope: DataScope): DataFiles {
  const collection = new Collection(scope);
  const { root, repository } = scope.listing;
  const owners = [
    ...reach.modules.map(({ module }) => ({ root: module.root, folder: module.folder })),
    ...reach.dataFolders,
  ];
  for (const place of owners)
    if (place.folder !== root && place.folder !== repository) collection.walk(place);
  for (const reached of reach.modules) addReferences(reached, scope, collection);
  return { files: [...collection.files.values()], leftOut: [...collection.leftOut].sort() };
}

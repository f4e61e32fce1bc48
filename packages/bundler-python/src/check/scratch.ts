import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckOptions, FileSet, PackageFile } from "./check-options.ts";
import { checkFolderUnwritable } from "./errors.ts";
import { keptFolder } from "./kept-files.ts";
import type { Stage } from "./lambda-environment.ts";
import { linkInto, takeCompiled, unpack } from "./unpack.ts";

/** Folders that are there. One listener removes them all when the process ends: Node.js warns of more than ten. */
const folders = new Set<string>();

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeAll);
}

/** Failures that are the folder's, and not the package's, as two files under one path would be. */
const OF_THE_DISK = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "ENOENT"]);

/**
 * A new temporary folder: not in the repository, since what the zip lacks would be found there. It is gone when this process
 * ends, at the latest.
 */
function makeFolder(fill: (folder: string) => void): string {
  let folder: string | null = null;
  try {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "sluice-check-")));
    if (folders.size === 0) process.on("exit", removeAll);
    folders.add(folder);
    fill(folder);
    return folder;
  } catch (error) {
    if (folder !== null) {
      rmSync(folder, { recursive: true, force: true });
      folders.delete(folder);
    }
    const isOfDisk = OF_THE_DISK.has((error as NodeJS.ErrnoException).code ?? "");
    throw isOfDisk ? checkFolderUnwritable(tmpdir(), error) : error;
  }
}

interface Shelf {
  users: number;
  folder: string | null;
  /** Whether the folder stays when nobody uses it any more. */
  isKept: boolean;
}

/** Sets of files that functions of one run share, each unpacked once for as long as somebody uses it. */
export type Shelves = Map<string, Shelf>;

function take(shelves: Shelves, set: FileSet): Shelf {
  const shelf = shelves.get(set.id) ?? { users: 0, folder: null, isKept: false };
  shelves.set(set.id, shelf);
  shelf.users += 1;
  return shelf;
}

async function giveBack(shelves: Shelves, set: FileSet): Promise<void> {
  const shelf = shelves.get(set.id);
  if (shelf === undefined) return;
  shelf.users -= 1;
  if (shelf.users > 0) return;
  shelves.delete(set.id);
  if (shelf.folder !== null && !shelf.isKept) await removeFolder(shelf.folder);
}

/** Where sets of files may stay: absolute path of the user's cache, and the time of now in ms since the epoch. */
export interface Keeping {
  readonly home: string;
  readonly now: number;
}

/** Folder of a shelf, unpacked now if nobody has. */
function folderOf(shelf: Shelf, set: FileSet, keeping: Keeping | null): string {
  if (shelf.folder !== null) return shelf.folder;
  const kept = keeping === null ? null : keptFolder(keeping.home, set, keeping.now);
  shelf.isKept = kept !== null;
  shelf.folder = kept ?? makeFolder((folder) => unpack(folder, set.files));
  return shelf.folder;
}

/** Puts a shelf's files into a function's folder; those of a cache that is being deleted come from memory. */
function fillFrom(shelf: Shelf, set: FileSet, to: string, keeping: Keeping | null): void {
  try {
    linkInto(to, folderOf(shelf, set, keeping));
  } catch (error) {
    if (!shelf.isKept) throw error;
    unpack(to, set.files);
  }
}

/** Compiled modules are worth nothing but time: another run may delete what is kept amid this one, and a disk may be full. */
function keepCompiled(from: string, { folder }: Shelf): void {
  if (folder === null) return;
  try {
    takeCompiled(from, folder);
  } catch {}
}

/** Unpacks a package for its check. `isShared`: others use its dependencies, too. */
export type WithStage = <T>(use: (stage: Stage, isShared: boolean) => Promise<T>) => Promise<T>;

/**
 * Claims what a function's check needs, and unpacks it when it is its turn. Layers lie at `/opt` in their order, the last one
 * winning, as Lambda has it.
 */
export async function withStage<T>(
  shelves: Shelves,
  files: readonly PackageFile[],
  { dependencies, layers = [] }: Pick<CheckOptions, "dependencies" | "layers">,
  work: (stage: WithStage) => Promise<T>,
  keeping: Keeping | null = null,
): Promise<T> {
  const sets = [...(dependencies === undefined ? [] : [dependencies]), ...layers];
  const taken = sets.map((set) => ({ set, shelf: take(shelves, set) }));
  const fill = (folder: string): void => {
    for (const name of ["task", "opt", "home", "tmp"]) mkdirSync(join(folder, name));
    unpack(join(folder, "task"), files);
    // The last layer first, since what is there stays.
    for (const { set, shelf } of taken.toReversed())
      fillFrom(shelf, set, join(folder, set === dependencies ? "task" : "opt"), keeping);
  };
  const stage: WithStage = async (use) => {
    const folder = makeFolder(fill);
    const at = (name: string): string => join(folder, name);
    const shared = taken.find(
      ({ set, shelf }) => set === dependencies && (shelf.isKept || shelf.users > 1),
    )?.shelf;
    const layered = layers.length > 0 ? at("opt") : null;
    try {
      return await use(
        { root: at("task"), layers: layered, home: at("home"), temporary: at("tmp") },
        shared !== undefined,
      );
    } finally {
      if (shared !== undefined) keepCompiled(at("task"), shared);
      await removeFolder(folder);
    }
  };
  try {
    // Others that are as far as this one claim theirs first.
    await new Promise((resolve) => setImmediate(resolve));
    return await work(stage);
  } finally {
    for (const { set } of taken) await giveBack(shelves, set);
  }
}

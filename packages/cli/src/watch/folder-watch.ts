import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { WatchedFolders } from "@sluice/artifact";
import { watchErrors } from "./errors.ts";

/** Folders that change without a source changing. */
const UNWATCHED: ReadonlySet<string> = new Set([
  ...["node_modules", ".git", ".sluice"],
  ...["__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache"],
]);

/** How long nothing may happen before a burst of changes counts as over, and how long it is waited for at most, in ms. */
const QUIET_MS = 50;
const BURST_MS = 2000;

/** Tells that something changed in folders; what it was, fingerprints say. */
export interface FolderWatch {
  /** Watches these folders and no others; gives whether one of them was not watched before. */
  follow(folders: WatchedFolders): boolean;
  /** Resolves when something has changed since the last time and a burst of changes is over. */
  changed(): Promise<void>;
  /** Counts as a change. */
  notice(): void;
  close(): void;
}

function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !UNWATCHED.has(entry.name))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        return [path, ...subfolders(path)];
      });
  } catch {
    return [];
  }
}

/** The folder's identity: one that was removed and made again has to be watched anew. */
function inodeOf(folder: string): number | null {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() ? stat.ino : null;
}

/**
 * Watches folders one by one with the file system's own events, each folder without those below it: that works alike on every
 * system, and nothing of the events counts but that there was one.
 */
export function createFolderWatch(): FolderWatch {
  const watchers = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>();
  let changedAt: number | null = null;
  let waiting: (() => void) | null = null;
  const notice = (): void => {
    changedAt ??= Date.now();
    waiting?.();
  };
  const drop = (folder: string): void => {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  };
  /** Whether it is watched from now on. */
  const add = (folder: string, inode: number): boolean => {
    let watcher: FSWatcher;
    try {
      watcher = watch(folder, { persistent: true }, (_type, name) => {
        if (name === null || ![".git", ".sluice"].includes(name)) notice();
      });
    } catch (error) {
      const { code } = error as { code?: string };
      // Gone meanwhile, or nothing that a build could read, as the data of somebody else's process.
      if (code === "ENOENT" || code === "EACCES" || code === "EPERM") return false;
      throw watchErrors.unwatchable(folder, error);
    }
    // A folder that is gone: the one above it tells.
    watcher.on("error", () => drop(folder));
    watchers.set(folder, { inode, watcher });
    return true;
  };
  return {
    notice,
    follow: ({ deep, flat }) => {
      const wanted = new Set([...flat, ...deep, ...deep.flatMap(subfolders)]);
      for (const folder of watchers.keys()) if (!wanted.has(folder)) drop(folder);
      let grew = false;
      for (const folder of wanted) {
        const inode = inodeOf(folder);
        if (watchers.get(folder)?.inode === inode) continue;
        drop(folder);
        if (inode === null) continue;
        if (add(folder, inode)) grew = true;
      }
      return grew;
    },
    changed: () =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        waiting = () => {
          clearTimeout(timer);
          const left = BURST_MS - (Date.now() - (changedAt ?? 0));
          const done = (): void => {
            waiting = null;
            changedAt = null;
            resolve();
          };
          timer = setTimeout(done, Math.max(0, Math.min(QUIET_MS, left)));
        };
        if (changedAt !== null) waiting();
      }),
    close: () => {
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { UnpackedFile } from "@sluice/artifact";
import { checkFolderUnwritable } from "./errors.ts";

/** Where a package is unpacked for a check. Real, absolute paths. */
export interface Scratch {
  /** Stands for `/var/task`. */
  readonly root: string;
  readonly home: string;
  readonly temporary: string;
  remove(): Promise<void>;
}

/** Folders that are there. One listener removes them all when the process ends: Node.js warns of more than ten. */
const folders = new Set<string>();

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function unpack(root: string, files: readonly UnpackedFile[]): void {
  const made = new Set<string>();
  for (const { path, bytes, mode } of files) {
    const file = join(root, path);
    const parent = dirname(file);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(file, bytes);
    // Whatever the zip says, this process reads it; and whether it is executable is not left to the umask.
    chmodSync(file, (mode & 0o777) | 0o400);
  }
}

function makeFolder(): string {
  try {
    return realpathSync(mkdtempSync(join(tmpdir(), "sluice-check-")));
  } catch (error) {
    throw checkFolderUnwritable(tmpdir(), error);
  }
}

/** Failures that are the folder's, and not the package's, as two files under one path would be. */
const OF_THE_DISK = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO"]);

/**
 * Unpacks a package into a new temporary folder: not in the repository, since what the zip lacks would be found in its
 * node_modules. It is gone after {@link Scratch.remove}, and when this process ends.
 */
function createScratch(files: readonly UnpackedFile[]): Scratch {
  const folder = makeFolder();
  if (folders.size === 0) process.on("exit", removeAll);
  folders.add(folder);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    folders.delete(folder);
    if (folders.size === 0) process.off("exit", removeAll);
  };
  const [root, home, temporary] = ["task", "home", "tmp"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    for (const each of [root, home, temporary]) mkdirSync(each);
    unpack(root, files);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
    throw OF_THE_DISK.has((error as NodeJS.ErrnoException).code ?? "")
      ? checkFolderUnwritable(tmpdir(), error)
      : error;
  }
  return { root, home, temporary, remove };
}

/** A package as it lies on the disk, for as long as one check needs it. */
export interface Unpacked {
  readonly scratch: Scratch;
  readonly files: readonly UnpackedFile[];
}

/** Unpacks what several checks load at once only one time. */
export interface SharedScratch {
  /** `digest` identifies what `read` gives. */
  with<T>(
    digest: string,
    read: () => readonly UnpackedFile[],
    use: (unpacked: Unpacked) => Promise<T>,
  ): Promise<T>;
}

export function createSharedScratch(): SharedScratch {
  const shared = new Map<string, { readonly unpacked: Unpacked; users: number }>();
  const open = (
    digest: string,
    read: () => readonly UnpackedFile[],
  ): { unpacked: Unpacked; users: number } => {
    const known = shared.get(digest);
    if (known !== undefined) return known;
    const files = read();
    const made = { unpacked: { files, scratch: createScratch(files) }, users: 0 };
    shared.set(digest, made);
    return made;
  };
  return {
    with: async (digest, read, use) => {
      const held = open(digest, read);
      held.users += 1;
      try {
        return await use(held.unpacked);
      } finally {
        held.users -= 1;
        if (held.users === 0) {
          shared.delete(digest);
          await held.unpacked.scratch.remove();
        }
      }
    },
  };
}

import { randomBytes } from "node:crypto";
import { existsSync, fsync } from "node:fs";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { errnoOf, writeError } from "./file-errors.ts";

const flush = promisify(fsync);

/** What file systems without hard links answer (FAT, some network shares, Android). */
const NO_LINKS: readonly string[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV", "EACCES"];

/**
 * Why `folder` cannot be made. Node.js's recursive mkdir answers ENOENT for a read-only file system too (seen with 20.20 on
 * Linux); making the topmost missing folder by itself gives the file system's own answer.
 */
async function reasonOf(error: unknown, folder: string): Promise<unknown> {
  if (errnoOf(error) !== "ENOENT") return error;
  let missing = folder;
  while (dirname(missing) !== missing && !existsSync(dirname(missing))) missing = dirname(missing);
  return mkdir(missing).then(
    () => error,
    (own: unknown) => own,
  );
}

/** Makes `folder` and those above it. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(async (error: unknown) => {
    throw writeError(await reasonOf(error, folder), folder);
  });
}

/** A complete file under a temporary name, on its way to its own. */
export interface PendingFile {
  /** Gives the file its name, in place of one that had it. */
  replace(): Promise<void>;
  /** Gives the file its name unless one has it already. */
  create(): Promise<"created" | "exists">;
  /** Removes what is left under the temporary name; nothing after {@link replace}. */
  discard(): Promise<void>;
}

/**
 * Writes `contents` beside `path` and down to the disk, so that what gets the name is whole even after a power cut. On a
 * failure nothing is left.
 *
 * @throws `SLUICE_DISK_FULL`, `SLUICE_FOLDER_READ_ONLY`, `SLUICE_FOLDER_UNUSABLE`
 */
export async function writePending(path: string, contents: Uint8Array | string): Promise<PendingFile> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`,
  );
  const discard = (): Promise<void> => rm(temporary, { force: true });
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      await discard().catch(() => {});
      throw writeError(error, dirname(path));
    }
  };
  await guarded(async () => {
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(contents);
      // Not `file.sync()`: under yarn's Plug'n'Play, whose file handles stand in for Node.js's, it throws "not implemented".
      await flush(file.fd);
    } finally {
      await file.close();
    }
  });
  return {
    discard,
    replace: () => guarded(() => rename(temporary, path)),
    create: () => guarded(() => createFrom(temporary, path)),
  };
}

async function createFrom(temporary: string, path: string): Promise<"created" | "exists"> {
  try {
    await link(temporary, path);
    return "created";
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return "exists";
    if (!NO_LINKS.includes(errnoOf(error))) throw error;
    // Two processes may then replace each other's file, which is the same one: its name is its digest.
    await rename(temporary, path);
    return "created";
  }
}

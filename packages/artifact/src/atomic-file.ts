import { randomBytes } from "node:crypto";
import { constants, existsSync, fsync } from "node:fs";
import { copyFile, link, mkdir, open, rename, rm, stat } from "node:fs/promises";
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
  /**
   * The same for contents that others' may differ from: only one of several at once gets the name, on every file system. Where it
   * has no links, a reader may see a part of the contents.
   */
  claim(): Promise<"created" | "exists">;
  /** When the contents were written, by the file system's clock, in milliseconds since the epoch. */
  writtenAt(): Promise<number>;
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
    create: () => guarded(() => createFrom(temporary, path, rename)),
    claim: () => guarded(() => createFrom(temporary, path, copyNew)),
    writtenAt: () => guarded(async () => (await stat(temporary)).mtimeMs),
  };
}

type Move = (from: string, to: string) => Promise<void>;

/** Fails where a file has the name. */
const copyNew: Move = (from, to) => copyFile(from, to, constants.COPYFILE_EXCL);

/**
 * @param otherwise - what is done without links. By `rename` two processes may replace each other's file, which does no harm where
 * it is the same one: its name is its digest.
 */
async function createFrom(temporary: string, path: string, otherwise: Move): Promise<"created" | "exists"> {
  try {
    await link(temporary, path).catch((error: unknown) => {
      if (!NO_LINKS.includes(errnoOf(error))) throw error;
      return otherwise(temporary, path);
    });
    return "created";
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return "exists";
    throw error;
  }
}

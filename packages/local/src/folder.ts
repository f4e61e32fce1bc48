import { rename, rm } from "node:fs/promises";
import { localErrors } from "./errors.ts";

/** Errors of the file system that are for the user to mend, not a defect. */
const UNWRITABLE = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "ENAMETOOLONG",
  // A temporary folder that does not exist; Node.js's answer, too, to a recursive mkdir on a read-only disk.
  "ENOENT",
  // A file stands where a folder should.
  "ENOTDIR",
  "EEXIST",
]);

/**
 * Removes a folder into which another process may go on writing: moved away first, since a race for its last file could be
 * lost for ever. What cannot be removed is left to whoever comes next.
 */
export async function discard(folder: string): Promise<void> {
  const aside = `${folder}.discarded`;
  const moved = await rename(folder, aside).then(
    () => true,
    () => false,
  );
  await rm(moved ? aside : folder, { recursive: true, force: true }).catch(() => undefined);
}

/**
 * Runs `work`, which writes at `path`.
 *
 * @throws SLUICE_LOCAL_FOLDER when it cannot be written
 */
export async function writable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path: at, message } = error as NodeJS.ErrnoException;
    if (!UNWRITABLE.has(code ?? "")) throw error;
    throw localErrors.folder(at ?? path, message);
  }
}

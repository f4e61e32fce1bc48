import { localErrors } from "./errors.ts";

/** Errors of the file system that are for the user to mend, not a defect. */
const UNWRITABLE = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "ENAMETOOLONG",
  // A file stands where a folder should.
  "ENOTDIR",
  "EEXIST",
]);

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

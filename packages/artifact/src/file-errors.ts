import { artifactErrors } from "./errors.ts";

const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];
const DENIED: readonly string[] = ["EACCES", "EPERM"];
const IN_THE_WAY: Readonly<Record<string, string>> = {
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a file has the name of the folder",
  EISDIR: "a folder has the name of the file",
  // What `rm` has for EISDIR.
  ERR_FS_EISDIR: "a folder has the name of the file",
  ENOTEMPTY: "a folder has the name of the file",
  ENOENT: "a part of the path was removed meanwhile",
  ELOOP: "its symbolic links go round in a circle",
  ENAMETOOLONG: "the name is too long for this file system",
};

/** The `code` of a Node.js system error, or an empty string. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

function pathError(error: unknown, path: string): unknown {
  const reason = IN_THE_WAY[errnoOf(error)];
  return reason === undefined ? error : artifactErrors.folderUnusable(path, reason, error);
}

/** A file system's refusal to write as an error of ours; anything else as it is. */
export function writeError(error: unknown, path: string): unknown {
  const code = errnoOf(error);
  if (FULL.includes(code)) return artifactErrors.diskFull(path, error);
  if (code === "EROFS" || DENIED.includes(code)) return artifactErrors.folderReadOnly(path, error);
  return pathError(error, path);
}

/** A file system's refusal to read as an error of ours; anything else as it is. */
function readError(error: unknown, path: string): unknown {
  if (DENIED.includes(errnoOf(error)))
    return artifactErrors.folderUnusable(path, "this user may not read it", error);
  return pathError(error, path);
}

/**
 * What `read` gives, or `null` when there is nothing at `path`.
 *
 * @throws `SLUICE_FOLDER_UNUSABLE`
 */
export async function readOrNull<T>(read: Promise<T>, path: string): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw readError(error, path);
  }
}

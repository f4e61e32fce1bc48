import { type SluiceError, usageError } from "@sluice/core";

export function assetNotFound(name: string, from: string): SluiceError {
  return usageError(
    "SLUICE_ASSET_NOT_FOUND",
    `The asset ${from} of function ${name} matches no file.`,
    "Correct the path or glob: it is relative to the folder of the configuration file.",
    `functions.${name}.assets`,
  );
}

export function assetPlaceInvalid(name: string, path: string): SluiceError {
  return usageError(
    "SLUICE_ASSET_PLACE_INVALID",
    `The asset ${path} of function ${name} would stand outside of the deployment package.`,
    "Give it a place inside with { from, to }, where to is a relative path without ..",
    `functions.${name}.assets`,
  );
}

/** A symbolic link that leads out of what may be packed, as whoever packs it describes it. */
export function linkLeaves(message: string, hint: string, where: string): SluiceError {
  return usageError("SLUICE_SYMLINK_OUTSIDE", message, hint, where);
}

export function symlinkOutside(name: string, path: string): SluiceError {
  return linkLeaves(
    `${path}, a file of function ${name}, is a symbolic link that leaves the repository.`,
    "Copy the file into the repository, or leave it out.",
    path,
  );
}

export function fileNameInvalid(name: string, path: string): SluiceError {
  return usageError(
    "SLUICE_FILE_NAME_INVALID",
    `${path}, a file of function ${name}, has a name that is not valid UTF-8.`,
    "Rename the file: names in a deployment package are UTF-8.",
    path,
  );
}

export function fileUnreadable(name: string, path: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return usageError(
    "SLUICE_FILE_UNREADABLE",
    `${path}, a file of function ${name}, cannot be read${reason}.`,
    "Check that it is a regular file and that this user may read it.",
    path,
    cause,
  );
}

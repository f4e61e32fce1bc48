import { type SluiceError, sluiceError } from "@sluice/core";

/** Bytes for people: `1.4 MB`, in powers of ten as AWS's own limits are written. */
function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Problems of deployment packages, their files and the store, one function per code. */
export const artifactErrors = {
  path: (path: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ZIP_PATH_INVALID",
      kind: "usage",
      message: `A file cannot be packed under the name ${JSON.stringify(path)}: ${reason}.`,
      where: path,
      hint: "Paths in a deployment package are relative, with forward slashes and valid UTF-8. Rename the file or leave it out.",
    }),
  clash: (one: string, other: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ZIP_PATH_CLASH",
      kind: "usage",
      message: `${JSON.stringify(one)} and ${JSON.stringify(other)} cannot be in one deployment package: ${reason}.`,
      where: other,
      hint: "Rename one of the two files or leave it out.",
    }),
  tooLarge: (
    unzippedBytes: number,
    limit: number,
    biggest: readonly { path: string; size: number }[],
    where?: string,
  ): SluiceError =>
    sluiceError({
      code: "SLUICE_ARTIFACT_TOO_LARGE",
      kind: "usage",
      message: `The deployment package holds ${unzippedBytes} bytes (${megabytes(unzippedBytes)}) unzipped; AWS Lambda allows ${limit}, layers included. The biggest parts: ${biggest
        .map(({ path, size }) => `${path} (${megabytes(size)})`)
        .join(", ")}.`,
      ...(where === undefined ? {} : { where }),
      hint: "Leave out what the function does not need, move shared packages into a layer, or use a container image.",
    }),
  archivesTooLarge: (
    bytes: number,
    limit: number,
    biggest: readonly { path: string; size: number }[],
    where: string,
  ): SluiceError =>
    sluiceError({
      code: "SLUICE_ARTIFACT_TOO_LARGE",
      kind: "usage",
      message: `The packages have ${megabytes(bytes)} before they are unpacked; AWS Lambda allows ${limit} bytes unzipped, layers included. The biggest: ${biggest
        .map(({ path, size }) => `${path} (${megabytes(size)})`)
        .join(", ")}.`,
      where,
      hint: "Take smaller packages, as the builds for CPUs alone of what comes with GPU libraries, or use a container image.",
    }),
  tooManyFiles: (count: number, limit: number, where?: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ZIP_TOO_MANY_FILES",
      kind: "usage",
      message: `The deployment package would hold ${count} files; a zip without ZIP64 holds ${limit}.`,
      ...(where === undefined ? {} : { where }),
      hint: "Bundle the dependencies, or leave out what the function does not need.",
    }),
  zipInvalid: (where: string, reason: string, cause?: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_ZIP_INVALID",
        kind: "usage",
        message: `The zip cannot be read: ${reason}.`,
        where,
        hint: "Make the zip again, with stored or deflated files and without encryption, ZIP64 or several parts.",
      },
      cause,
    ),
  zipUnsafe: (where: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ZIP_UNSAFE",
      kind: "refusal",
      message: `The zip is refused: ${reason}.`,
      where,
      hint: "Find out who made this zip. A deployment package holds regular files under relative paths, each once.",
    }),
  manifest: (where: string, reason: string, cause?: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_MANIFEST_INVALID",
        kind: "usage",
        message: `The manifest is not valid: ${reason}.`,
        where,
        hint: "Build the function again; a manifest is written by Sluice and not edited by hand.",
      },
      cause,
    ),
  digest: (text: string, expected: string): SluiceError =>
    sluiceError({
      code: "SLUICE_DIGEST_INVALID",
      kind: "usage",
      message: `${JSON.stringify(text.slice(0, 100))} is not ${expected}.`,
      hint: "A digest is `sha256:` and 64 hexadecimal digits; a codeSha256 is those 32 bytes in base64.",
    }),
  functionName: (name: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ARTIFACT_NAME_INVALID",
      kind: "usage",
      message: `${JSON.stringify(name.slice(0, 100))} cannot name an artifact's files.`,
      hint: "Use letters, digits, - and _, at most 64, as AWS Lambda does for names of functions.",
    }),
  artifactCorrupt: (path: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_ARTIFACT_CORRUPT",
      kind: "refusal",
      message: `The artifact is not what its manifest says: ${reason}.`,
      where: path,
      hint: "Build the function again. If nobody changed the file on purpose, find out who did.",
    }),
  storeCorrupt: (uri: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_STORE_CORRUPT",
      kind: "refusal",
      message: `The store holds something else under this digest: ${reason}.`,
      where: uri,
      hint: "Nothing was overwritten or used. Find out who changed the object, delete it, and run again.",
    }),
  storeLocation: (location: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_STORE_LOCATION_INVALID",
      kind: "usage",
      message: `${JSON.stringify(location)} is not a store: ${reason}.`,
      where: "store",
      hint: "Give a folder, or s3://bucket/prefix; {region} and {account} in it are filled in.",
    }),
  diskFull: (path: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_DISK_FULL",
        kind: "usage",
        message: "There is no space left to write the artifact.",
        where: path,
        hint: "Free some space and run again; nothing half-written was left behind.",
      },
      cause,
    ),
  folderReadOnly: (path: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_FOLDER_READ_ONLY",
        kind: "usage",
        message: "The folder cannot be written to.",
        where: path,
        hint: "Give this user write permission on the folder, or run in a checkout that is writable.",
      },
      cause,
    ),
  folderUnusable: (path: string, reason: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_FOLDER_UNUSABLE",
        kind: "usage",
        message: `Artifacts cannot be kept here: ${reason}.`,
        where: path,
        hint: "Remove what is in the way, or name another folder.",
      },
      cause,
    ),
};

import { readFileSync, statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Artifact, Manifest } from "@sluice/core";
import { makeFolder, writePending } from "./atomic-file.ts";
import { digestOf } from "./digest.ts";
import { artifactErrors } from "./errors.ts";
import { readOrNull, writeError } from "./file-errors.ts";
import { type ArtifactDraft, createManifest, formatManifest, parseManifest } from "./manifest.ts";
import type { Zip } from "./zip.ts";

/** AWS Lambda's rule for names of functions; nothing in it can leave a folder. */
const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Names of the files of one function's artifact.
 *
 * @throws `SLUICE_ARTIFACT_NAME_INVALID`
 */
export function artifactFileNames(functionName: string): { readonly zip: string; readonly manifest: string } {
  if (!FUNCTION_NAME.test(functionName)) throw artifactErrors.functionName(functionName);
  return { zip: `${functionName}.zip`, manifest: `${functionName}.manifest.json` };
}

/**
 * Writes both files of an artifact, each whole or not at all. The old manifest goes first and the new one comes last, so
 * that a run that is killed leaves either an artifact or none.
 *
 * @throws `SLUICE_DISK_FULL`, `SLUICE_FOLDER_READ_ONLY`, `SLUICE_FOLDER_UNUSABLE`
 */
export async function writeFiles(
  folder: string,
  functionName: string,
  zip: Uint8Array,
  manifest: string,
): Promise<string> {
  const names = artifactFileNames(functionName);
  const zipPath = resolve(folder, names.zip);
  const manifestPath = resolve(folder, names.manifest);
  await makeFolder(folder);
  const pendingZip = await writePending(zipPath, zip);
  try {
    const pendingManifest = await writePending(manifestPath, manifest);
    try {
      await rm(manifestPath, { force: true }).catch((error: unknown) => {
        throw writeError(error, folder);
      });
      await pendingZip.replace();
      await pendingManifest.replace();
    } finally {
      await pendingManifest.discard();
    }
  } finally {
    await pendingZip.discard();
  }
  return zipPath;
}

/**
 * Writes `NAME.zip` and `NAME.manifest.json` into `folder`, which is made if need be.
 *
 * @throws `SLUICE_DISK_FULL`, `SLUICE_FOLDER_READ_ONLY`, `SLUICE_FOLDER_UNUSABLE`, `SLUICE_ARTIFACT_NAME_INVALID`; nothing
 * half-written is left
 */
export async function writeArtifact(folder: string, zip: Zip, draft: ArtifactDraft): Promise<Artifact> {
  const manifest = createManifest(zip, draft);
  const path = await writeFiles(folder, draft.function, zip.bytes, formatManifest(manifest));
  return { function: draft.function, path, manifest, cached: false };
}

/** Why `bytes` are not those that `manifest` describes, or `null` when they are. */
export function mismatch(bytes: Uint8Array, manifest: Manifest): string | null {
  if (bytes.length !== manifest.sizeBytes)
    return `it has ${bytes.length} bytes instead of ${manifest.sizeBytes}`;
  const digest = digestOf(bytes);
  return digest === manifest.digest ? null : `its digest is ${digest} instead of ${manifest.digest}`;
}

// Small things of many functions: read by promises, a thousand of them take ten times as long.
const textOf = async (path: string): Promise<string> => readFileSync(path, "utf8");
const sizeOf = async (path: string): Promise<number> => statSync(path).size;

/** Why the file is not the one of `manifest`, `null` when it is, `undefined` when there is none. */
async function compare(
  path: string,
  manifest: Manifest,
  verify: boolean,
): Promise<string | null | undefined> {
  if (verify) {
    const bytes = await readOrNull(readFile(path), path);
    return bytes === null ? undefined : mismatch(bytes, manifest);
  }
  const size = await readOrNull(sizeOf(path), path);
  if (size === null) return undefined;
  return size === manifest.sizeBytes ? null : `it has ${size} bytes instead of ${manifest.sizeBytes}`;
}

/**
 * The artifact in `folder`, or `null` when either of its files is missing.
 *
 * @param options - `verify`: compare the zip with its digest, and not with its size alone
 * @throws `SLUICE_MANIFEST_INVALID`; `SLUICE_ARTIFACT_CORRUPT` when the zip is not the one that the manifest describes (a
 * caller that can build again may take both for a miss); `SLUICE_FOLDER_UNUSABLE`
 */
export async function readArtifact(
  folder: string,
  functionName: string,
  options: { readonly verify?: boolean } = {},
): Promise<Artifact | null> {
  const names = artifactFileNames(functionName);
  const path = resolve(folder, names.zip);
  const manifestPath = join(resolve(folder), names.manifest);
  const text = await readOrNull(textOf(manifestPath), manifestPath);
  if (text === null) return null;
  const manifest = parseManifest(text, manifestPath);
  if (manifest.function !== functionName)
    throw artifactErrors.manifest(manifestPath, `it is that of ${JSON.stringify(manifest.function)}`);
  const difference = await compare(path, manifest, options.verify === true);
  if (difference === undefined) return null;
  if (difference !== null) throw artifactErrors.artifactCorrupt(path, difference);
  return { function: functionName, path, manifest, cached: true };
}

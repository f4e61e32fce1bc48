import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Artifact, ResolvedFunction } from "@sluice/core";
import { artifactFileNames, readArtifact } from "../artifact-files.ts";
import type { BuildSession } from "../build/session.ts";
import { statOf } from "../files/listed-file.ts";
import { formatManifest, parseManifest } from "../manifest.ts";
import { removeQuietly, temporaryPath, writeCacheFile } from "./cache-file.ts";
import { hashOfFile } from "./fingerprint.ts";
import { objectIdOf, objectPath, takeObject } from "./objects.ts";
import type { BesideFile, CacheRecord, ZipState } from "./record.ts";

/** An artifact in its place, with the state of its zip. */
interface StoredArtifact {
  readonly artifact: Artifact;
  readonly zip: ZipState;
}

/** The state of the zip at `path` if it is still the one that was written. */
function unchangedZip(path: string, zip: ZipState): ZipState | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.size !== zip.size) return null;
  // A zip is only ever renamed into place, so that another one has another inode.
  if (stat.mtimeMs === zip.mtimeMs && stat.ino === zip.inode) return zip;
  if (`sha256:${hashOfFile(path)}` !== zip.digest) return null;
  return { ...zip, mtimeMs: stat.mtimeMs, inode: stat.ino };
}

/** What a build before may have left beside, and this one not. */
const OPTIONAL_BESIDE: readonly Pick<BesideFile, "folder" | "name">[] = [
  { folder: "artifacts", name: "*.map" },
  { folder: "cache", name: "*.inventory.json" },
];

/** Where a file that stands beside goes for this function. */
export function besidePath(
  session: BuildSession,
  functionName: string,
  file: Pick<BesideFile, "folder" | "name">,
): string {
  return join(session[file.folder], file.name.replace("*", functionName));
}

/** Whether a file still stands beside; one that is delivered, as a map is, has to be what was written, too. */
function isBeside(session: BuildSession, functionName: string, file: BesideFile): boolean {
  const path = besidePath(session, functionName, file);
  return file.folder === "artifacts" ? hashOfFile(path) === file.object : statOf(path) !== undefined;
}

/** The artifact of `record` if it is in place; `null` otherwise. */
export async function artifactInPlace(
  session: BuildSession,
  fn: ResolvedFunction,
  record: CacheRecord,
): Promise<StoredArtifact | null> {
  const zip = unchangedZip(join(session.artifacts, `${fn.name}.zip`), record.zip);
  if (zip === null) return null;
  // A manifest that cannot be read is a reason to build, not to fail.
  const artifact = await readArtifact(session.artifacts, fn.name).catch(() => null);
  if (artifact === null) return null;
  const { manifest } = artifact;
  const fits =
    manifest.digest === zip.digest &&
    manifest.sources === record.sources &&
    manifest.handler === fn.handler &&
    record.beside.every((file) => isBeside(session, fn.name, file));
  return fits ? { artifact, zip } : null;
}

/** The state of a zip that was just written, which surely belongs to its digest; `null` when it is another one already. */
export function zipAsWritten(artifact: Artifact): ZipState | null {
  const { digest } = artifact.manifest;
  try {
    const file = openSync(artifact.path, "r");
    try {
      const { size, mtimeMs, ino } = fstatSync(file);
      const bytes = readFileSync(file);
      // Another process may have replaced it meanwhile.
      if (`sha256:${objectIdOf(bytes)}` !== digest) return null;
      return { digest, size, mtimeMs, inode: ino };
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** Copies a kept zip to a temporary name, proves it, and writes it to the disk. */
function stageZip(session: BuildSession, record: CacheRecord, path: string): string | null {
  const id = record.zip.digest.slice("sha256:".length);
  const temporary = temporaryPath(path);
  copyFileSync(
    objectPath(session.cache, id),
    temporary,
    constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL,
  );
  if (hashOfFile(temporary) !== id) {
    removeQuietly(objectPath(session.cache, id));
    removeQuietly(temporary);
    return null;
  }
  const file = openSync(temporary, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

/**
 * Puts a kept artifact in place: each file whole or not at all, the manifest last, as when it was written. `null` when
 * something of it is missing, is not what it was, or cannot be put there; then the function is built.
 */
export function restoreArtifact(
  session: BuildSession,
  fn: ResolvedFunction,
  record: CacheRecord,
): StoredArtifact | null {
  const names = artifactFileNames(fn.name);
  const path = join(session.artifacts, names.zip);
  const manifestPath = join(session.artifacts, names.manifest);
  let staged: string | null = null;
  try {
    const text = takeObject(session.cache, record.manifest);
    const beside = record.beside.map((file) => ({ file, bytes: takeObject(session.cache, file.object) }));
    if (text === null || beside.some(({ bytes }) => bytes === null)) return null;
    const kept = parseManifest(text.toString("utf8"), manifestPath);
    if (kept.digest !== record.zip.digest || kept.handler !== fn.handler) return null;
    mkdirSync(session.artifacts, { recursive: true });
    staged = stageZip(session, record, path);
    if (staged === null) return null;
    const { mtimeMs, size, ino } = statSync(staged);
    removeQuietly(manifestPath);
    for (const file of OPTIONAL_BESIDE) removeQuietly(besidePath(session, fn.name, file));
    for (const { file, bytes } of beside) writeCacheFile(besidePath(session, fn.name, file), bytes ?? "");
    renameSync(staged, path);
    const manifest = { ...kept, function: fn.name };
    if (!writeCacheFile(manifestPath, formatManifest(manifest))) return null;
    const zip = { digest: record.zip.digest, size, mtimeMs, inode: ino };
    return { artifact: { function: fn.name, path, manifest, cached: true }, zip };
  } catch {
    // Whatever is in the way is in the way of a build as well, which says so.
    if (staged !== null) removeQuietly(staged);
    return null;
  }
}

import { statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { digestOf, readArtifact } from "@sluice/artifact";
import type { Artifact, Digest, ResolvedFunction } from "@sluice/core";
import type { ListedFile } from "../files/listed-file.ts";
import type { Session } from "../session.ts";
import {
  compareFiles,
  createFileStates,
  type FileStates,
  type Fingerprint,
  fingerprint,
  hashOfFile,
} from "./fingerprint.ts";
import { linksUnchanged } from "./links.ts";
import { type CacheRecord, readRecord, recordPath, writeCacheFile } from "./record.ts";
import { type Resolution, siblingsUnchanged } from "./resolution.ts";

/** What is known about a function before it is built. */
export interface CacheKey {
  /** Options and tool versions as text. */
  readonly options: string;
  /** Whether all that decides the bytes can be known; user's esbuild plugins may read anything. */
  readonly cacheable: boolean;
  /** Files that patterns and folders give. */
  readonly listed: readonly ListedFile[];
}

/** What a build read, told after it. */
export interface ReadFiles {
  /** Paths relative to the root. */
  readonly inputs: readonly string[];
  readonly resolution: Resolution | null;
  /** Files as they were after the build, when it was one of several functions. */
  readonly files?: FileStates;
  /** Absolute paths of files that were read after a build command, which may have made them, and from when on. */
  readonly later?: { readonly from: number; readonly files: ReadonlySet<string> } | undefined;
}

function lineOf(file: ListedFile, root: string): string {
  return `${file.executable ? "x" : "-"} ${relativeTo(root, file.from)} ${file.to}`;
}

function relativeTo(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, "/");
}

function optionsDigest(key: CacheKey): Digest {
  return digestOf(Buffer.from(key.options));
}

/** Whether the zip is still the one that was written. */
function zipUnchanged(path: string, record: CacheRecord): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.size !== record.zip.size) return false;
  // A zip is only ever renamed into place, so that another one has another inode.
  const trusted = stat.mtimeMs === record.zip.mtimeMs && stat.ino === record.zip.inode;
  return trusted || `sha256:${hashOfFile(path)}` === record.zip.digest;
}

async function storedArtifact(
  session: Session,
  fn: ResolvedFunction,
  record: CacheRecord,
): Promise<Artifact | null> {
  if (!zipUnchanged(join(session.artifacts, `${fn.name}.zip`), record)) return null;
  // A manifest that cannot be read is a reason to build, not to fail.
  const artifact = await readArtifact(session.artifacts, fn.name).catch(() => null);
  const manifest = artifact?.manifest;
  const fits =
    manifest?.digest === record.zip.digest &&
    manifest.sources === record.sources &&
    manifest.handler === fn.handler;
  return fits ? artifact : null;
}

/**
 * The artifact of the last build when nothing that it read has changed, and `null` otherwise. Whatever is wrong with the
 * cache or the artifact means `null`.
 */
export async function findCached(
  session: Session,
  fn: ResolvedFunction,
  key: CacheKey,
): Promise<Artifact | null> {
  if (!key.cacheable) return null;
  const record = readRecord(session.cache, fn.name);
  if (record === null || record.options !== optionsDigest(key)) return null;
  if (record.listed.join("\n") !== key.listed.map((file) => lineOf(file, session.root)).join("\n"))
    return null;
  if (!siblingsUnchanged(session.root, record.siblings)) return null;
  if (!linksUnchanged(session.root, record.links)) return null;
  const now = session.context.now();
  const known = [...record.inputs, ...record.lockfiles];
  const compared = compareFiles(session.files, known, record.takenAt);
  const artifact = compared === "changed" ? null : await storedArtifact(session, fn, record);
  if (artifact !== null && compared === "renewed") {
    const renewed = (list: readonly Fingerprint[]): Fingerprint[] =>
      list.map((old) => fingerprint(session.files, old[0]) ?? old);
    saveRecord(session, fn, {
      ...record,
      takenAt: now,
      inputs: renewed(record.inputs),
      lockfiles: renewed(record.lockfiles),
    });
  }
  return artifact === null ? null : { ...artifact, cached: true };
}

function saveRecord(session: Session, fn: ResolvedFunction, record: CacheRecord): void {
  writeCacheFile(recordPath(session.cache, fn.name), JSON.stringify(record));
}

/** What a build read, with its content: the part of a record that is known before the zip is written. */
export interface Taken {
  readonly sources: Digest;
  readonly startedAt: number;
  readonly takenAt: number;
  readonly inputs: readonly Fingerprint[];
  readonly lockfiles: readonly Fingerprint[];
  /** Whether each file could be read and none was written while it was built. */
  readonly settled: boolean;
}

/** Fingerprints what a build read. `startedAt` is when it began, in ms since the epoch. */
export function takeInputs(session: Session, key: CacheKey, read: ReadFiles, startedAt: number): Taken {
  const files = read.files ?? createFileStates(session.root);
  const takenAt = session.context.now();
  const listed = key.listed.map((file) => relativeTo(session.root, file.from));
  const paths = [...new Set([...read.inputs, ...(read.resolution?.configs ?? []), ...listed])].sort();
  const take = (list: readonly string[]): (Fingerprint | null)[] =>
    list.map((path) => fingerprint(files, path));
  const inputs = take(paths);
  const lockfiles = take(read.resolution?.lockfiles ?? []);
  const known = inputs.filter((found) => found !== null);
  // The clock counts whole milliseconds: a file written in the one of the start was there before it was read.
  const readFrom = (path: string): number =>
    read.later?.files.has(resolve(session.root, path)) ? read.later.from : startedAt;
  const within = (time: number, path: string): boolean =>
    Math.floor(time) > readFrom(path) && time <= takenAt;
  const settled = [...inputs, ...lockfiles].every(
    (found) => found !== null && !within(found[3], found[0]) && !within(found[4], found[0]),
  );
  const content = known.map(([path, sha256]) => [path, sha256]);
  const lines = key.listed.map((file) => lineOf(file, session.root));
  const sources = digestOf(Buffer.from(JSON.stringify([key.options, content, lines])));
  return {
    sources,
    startedAt,
    takenAt,
    inputs: known,
    lockfiles: lockfiles.filter((found) => found !== null),
    settled,
  };
}

/** Remembers a build, so that the next run can do without. */
export function remember(
  session: Session,
  key: CacheKey,
  read: ReadFiles,
  taken: Taken,
  artifact: Artifact,
): void {
  const zip = statSync(artifact.path, { throwIfNoEntry: false });
  if (!key.cacheable || !taken.settled || zip === undefined) return;
  const record: CacheRecord = {
    schema: 2,
    options: optionsDigest(key),
    takenAt: taken.takenAt,
    inputs: taken.inputs,
    lockfiles: taken.lockfiles,
    siblings: read.resolution?.siblings ?? [],
    links: read.resolution?.links ?? [],
    listed: key.listed.map((file) => lineOf(file, session.root)),
    sources: taken.sources,
    zip: { digest: artifact.manifest.digest, size: zip.size, mtimeMs: zip.mtimeMs, inode: zip.ino },
  };
  writeCacheFile(recordPath(session.cache, artifact.function), JSON.stringify(record));
}

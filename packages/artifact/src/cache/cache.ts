import type { Artifact, ResolvedFunction } from "@sluice/core";
import type { BuildSession } from "../build/session.ts";
import { digestHex } from "../digest.ts";
import { formatManifest } from "../manifest.ts";
import { compareFiles, type Fingerprint, fingerprint } from "./fingerprint.ts";
import { foldersUnchanged } from "./folders.ts";
import { recordsOf } from "./kept-records.ts";
import { type CacheKey, listedLines, optionsDigest } from "./key.ts";
import { linksUnchanged } from "./links.ts";
import { putCopy, putObject, touch } from "./objects.ts";
import {
  type BesideFile,
  type CacheRecord,
  readRecord,
  recordId,
  recordPath,
  writeRecord,
  type ZipState,
} from "./record.ts";
import { siblingsUnchanged } from "./siblings.ts";
import { artifactInPlace, restoreArtifact, zipAsWritten } from "./stored-artifact.ts";
import type { ReadFiles, Taken } from "./taken.ts";
import { tidyOnce } from "./tidy.ts";
import { variableStates, variablesUnchanged } from "./variables.ts";

export type { CacheKey } from "./key.ts";
export type { ReadFiles } from "./taken.ts";

type Comparison = "same" | "renewed" | "changed";

/** Whether a build with this record would read the same as the one that made it. */
async function compareRecord(session: BuildSession, key: CacheKey, record: CacheRecord): Promise<Comparison> {
  if (record.options !== optionsDigest(key)) return "changed";
  if (record.listed.join("\n") !== listedLines(key, session.root).join("\n")) return "changed";
  if (!foldersUnchanged(session, record.folders)) return "changed";
  if (!siblingsUnchanged(session.files, record.siblings)) return "changed";
  if (!linksUnchanged(session.files, record.links)) return "changed";
  if (!variablesUnchanged(session.context.env, record.variables ?? [])) return "changed";
  const inputs = compareFiles(session.files, record.inputs, record.takenAt);
  if (inputs === "changed") return "changed";
  const lockfiles = await (session.lockfiles === null
    ? compareFiles(session.files, record.lockfiles, record.takenAt)
    : session.lockfiles.compare(record));
  return lockfiles === "same" ? inputs : lockfiles;
}

/** The record with fingerprints of now, so that the next run need not read what this one has read. */
function renewed(session: BuildSession, record: CacheRecord, zip: ZipState): CacheRecord {
  const renew = (list: readonly Fingerprint[]): Fingerprint[] =>
    list.map((old) => fingerprint(session.files, old[0]) ?? old);
  const lockfiles = renew(record.lockfiles);
  const objects = new Set([...record.objects, ...(session.lockfiles?.keep(lockfiles) ?? [])]);
  const takenAt = session.context.now();
  return { ...record, objects: [...objects], takenAt, inputs: renew(record.inputs), lockfiles, zip };
}

/** The artifact of a record if that fits: as it stands, or put in place. */
async function artifactOf(
  session: BuildSession,
  fn: ResolvedFunction,
  key: CacheKey,
  record: CacheRecord,
  isNewest: boolean,
): Promise<Artifact | null> {
  const compared = await compareRecord(session, key, record);
  if (compared === "changed") return null;
  const stored = (await artifactInPlace(session, fn, record)) ?? restoreArtifact(session, fn, record);
  if (stored === null) return null;
  const isAsRecorded = isNewest && compared === "same" && stored.zip === record.zip;
  if (!isAsRecorded) writeRecord(session.cache, fn.name, renewed(session, record, stored.zip));
  return stored.artifact;
}

/**
 * The artifact of an earlier build that read what one would read now, and `null` when there is none. Whatever is wrong with
 * the cache or the artifact means `null`.
 */
export async function findCached(
  session: BuildSession,
  fn: ResolvedFunction,
  key: CacheKey,
): Promise<Artifact | null> {
  if (!key.cacheable) return null;
  const newest = readRecord(recordPath(session.cache, fn.name));
  const artifact = newest === null ? null : await artifactOf(session, fn, key, newest, true);
  if (artifact !== null) return { ...artifact, cached: true };
  for (const kept of recordsOf(session, optionsDigest(key))) {
    const record = kept.id === newest?.id ? null : readRecord(kept.path);
    const found = record === null ? null : await artifactOf(session, fn, key, record, false);
    if (found === null) continue;
    touch(kept.path);
    return { ...found, cached: true };
  }
  return null;
}

/** What stands beside a zip or its record, as it was written: `name` has `*` in place of the function's. */
export interface Beside extends Omit<BesideFile, "object"> {
  readonly bytes: Uint8Array | string;
}

/** A build that is done. */
export interface DoneBuild {
  readonly key: CacheKey;
  readonly read: ReadFiles;
  readonly taken: Taken;
  readonly artifact: Artifact;
  readonly beside: readonly Beside[];
}

/** Remembers a build, so that the next run can do without. */
export function remember(session: BuildSession, { key, read, taken, artifact, beside }: DoneBuild): void {
  if (!key.cacheable || !taken.settled) return;
  const zip = zipAsWritten(artifact);
  if (zip === null) return;
  const { cache } = session;
  const kept = beside.map(({ folder, name, bytes }) => ({ folder, name, object: putObject(cache, bytes) }));
  const manifest = putObject(cache, formatManifest(artifact.manifest));
  const copy = putCopy(cache, artifact.path, digestHex(zip.digest), zip.size);
  const objects = [copy, manifest, ...kept.map(({ object }) => object)];
  const { sources, takenAt, inputs, lockfiles, packages, folders } = taken;
  const body = {
    options: optionsDigest(key),
    takenAt,
    inputs,
    lockfiles,
    packages,
    siblings: read.resolution?.siblings ?? [],
    links: read.resolution?.links ?? [],
    variables: variableStates(session.context.env, read.resolution?.variables ?? []),
    folders,
    listed: listedLines(key, session.root),
    sources,
    zip,
  };
  writeRecord(cache, artifact.function, {
    schema: 3,
    id: recordId(body),
    manifest,
    beside: kept,
    objects: [...new Set([...objects, ...(session.lockfiles?.keep(lockfiles) ?? [])])],
    ...body,
  });
  tidyOnce(session);
}

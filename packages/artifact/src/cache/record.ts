import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "@sluice/core";
import { writeCacheFile } from "./cache-file.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { WholeFolder } from "./folders.ts";
import type { Link } from "./links.ts";
import { type ObjectId, objectIdOf } from "./objects.ts";
import type { Siblings } from "./siblings.ts";
import type { VariableState } from "./variables.ts";

/** A file that stands beside a function's zip, or beside its record. */
export interface BesideFile {
  readonly folder: "artifacts" | "cache";
  /** With the function's name in place of `*`, as `*.map`. */
  readonly name: string;
  readonly object: ObjectId;
}

/** The first part of a record: enough to find it, and what it needs, without the rest. */
export interface RecordHead {
  readonly schema: 3;
  /** Digest of what was read and what came of it. */
  readonly id: string;
  /** Digest of options and tool versions. */
  readonly options: Digest;
  readonly manifest: ObjectId;
  readonly beside: readonly BesideFile[];
  /** Everything in `objects/` that this record needs. */
  readonly objects: readonly ObjectId[];
}

/** What is remembered about one build of a function. */
export interface CacheRecord extends RecordHead {
  /** When the fingerprints were taken, in ms since the epoch. */
  readonly takenAt: number;
  /** Every file that decides the bytes of the package. */
  readonly inputs: readonly Fingerprint[];
  /** Lockfiles, and files outside of the repository: they decide whether to build anew, but are no part of the sources. */
  readonly lockfiles: readonly Fingerprint[];
  /** Names of the packages whose part of the lockfiles counts. */
  readonly packages: readonly string[];
  readonly siblings: readonly Siblings[];
  readonly links: readonly Link[];
  readonly variables?: readonly VariableState[];
  readonly folders: readonly WholeFolder[];
  /** Files that patterns and folders give, one line each; listed anew every time, so that new ones are seen. */
  readonly listed: readonly string[];
  readonly sources: Digest;
  /** The zip that was written, with the state it had then. */
  readonly zip: ZipState;
}

export interface ZipState {
  readonly digest: Digest;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** Builds with the same id are one: the newer takes the place of the older. */
export function recordId(record: Omit<CacheRecord, keyof RecordHead> & { readonly options: Digest }): string {
  const { options, sources, zip, siblings, links, folders } = record;
  return objectIdOf(JSON.stringify([options, sources, zip.digest, siblings, links, folders])).slice(0, 32);
}

/** Where the newest record of a function stands. */
export function recordPath(cache: string, functionName: string): string {
  return join(cache, `${functionName}.json`);
}

/** Folder of the records of the last builds of all functions, the newest among them. */
export function recordsFolder(cache: string): string {
  return join(cache, "records");
}

/** `NAME.OPTIONS.ID.json`; a function's name has no dot. */
function keptName(functionName: string, head: Pick<RecordHead, "id" | "options">): string {
  return `${functionName}.${optionsPart(head.options)}.${head.id}.json`;
}

export function optionsPart(options: Digest): string {
  return options.slice("sha256:".length, "sha256:".length + 16);
}

/** The record at `path`; `null` when there is none or it cannot be understood: then the function is built. */
export function readRecord(path: string): CacheRecord | null {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as CacheRecord;
    return isHead(record) && isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

/** Bytes that a head takes at most: nine objects and some names. */
const HEAD_BYTES = 8192;
const END_OF_HEAD = ',"takenAt":';

/** The head of the record at `path`, `null` as {@link readRecord}. */
export function readHead(path: string): RecordHead | null {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(HEAD_BYTES);
      const text = bytes.toString("utf8", 0, readSync(file, bytes));
      const head = JSON.parse(`${text.slice(0, text.indexOf(END_OF_HEAD))}}`) as RecordHead;
      return isHead(head) ? head : null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

function isHead(head: RecordHead): boolean {
  const { schema, id, options, manifest, beside, objects } = head ?? {};
  return (
    schema === 3 &&
    [id, options, manifest].every((text) => typeof text === "string") &&
    Array.isArray(beside) &&
    Array.isArray(objects)
  );
}

function isRecord(record: CacheRecord): boolean {
  const { inputs, lockfiles, packages, siblings, links, folders, listed } = record;
  return (
    typeof record.takenAt === "number" &&
    typeof record.sources === "string" &&
    [inputs, lockfiles, packages, siblings, links, folders, listed].every(Array.isArray) &&
    typeof record.zip?.digest === "string"
  );
}

/** Writes a function's newest record, also among those that are kept. */
export function writeRecord(cache: string, functionName: string, record: CacheRecord): void {
  const { schema, id, options, manifest, beside, objects, ...rest } = record;
  // The head first: it is read without the rest.
  const text = JSON.stringify({ schema, id, options, manifest, beside, objects, ...rest });
  writeCacheFile(recordPath(cache, functionName), text);
  writeCacheFile(join(recordsFolder(cache), keptName(functionName, record)), text);
}

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Digest } from "@sluice/core";
import type { Fingerprint } from "./fingerprint.ts";
import type { Link } from "./links.ts";
import type { Siblings } from "./resolution.ts";

/** What is remembered about one function's last build. */
export interface CacheRecord {
  readonly schema: 2;
  /** Digest of options and tool versions. */
  readonly options: Digest;
  /** When the fingerprints were taken, in ms since the epoch. */
  readonly takenAt: number;
  /** Every file that decides the bytes of the package. */
  readonly inputs: readonly Fingerprint[];
  /** Lockfiles: they decide whether to build anew, but are no part of the sources. */
  readonly lockfiles: readonly Fingerprint[];
  readonly siblings: readonly Siblings[];
  readonly links: readonly Link[];
  /** Files that patterns and folders give, one line each; listed anew every time, so that new ones are seen. */
  readonly listed: readonly string[];
  readonly sources: Digest;
  /** The zip that was written, with the state it had then. */
  readonly zip: {
    readonly digest: Digest;
    readonly size: number;
    readonly mtimeMs: number;
    readonly inode: number;
  };
}

export function recordPath(folder: string, functionName: string): string {
  return join(folder, `${functionName}.json`);
}

/** The record of a function, `null` when there is none or it cannot be understood: then it is built. */
export function readRecord(folder: string, functionName: string): CacheRecord | null {
  try {
    const record = JSON.parse(readFileSync(recordPath(folder, functionName), "utf8")) as CacheRecord;
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

function isRecord(record: CacheRecord): boolean {
  return (
    record?.schema === 2 &&
    typeof record.options === "string" &&
    typeof record.takenAt === "number" &&
    typeof record.sources === "string" &&
    [record.inputs, record.lockfiles, record.listed, record.siblings, record.links].every(Array.isArray) &&
    typeof record.zip?.digest === "string"
  );
}

/**
 * Writes a file of the cache whole or not at all, whatever other processes do. A cache that cannot be written costs time
 * and nothing else, so a failure is told by the result alone.
 */
export function writeCacheFile(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text, { flag: "wx" });
    renameSync(temporary, path);
    return true;
  } catch {
    rmSync(temporary, { force: true });
    return false;
  }
}

import type { CacheContents, HeldRecord } from "./contents.ts";

/** What is kept. */
export interface Limits {
  /** Records of one function. */
  readonly records: number;
  /** Bytes of all objects together. */
  readonly totalBytes: number;
  /** How long records of functions that are not configured stay unused, in ms. */
  readonly goneMs: number;
  /** How long objects stay that no record needs, in ms: another process may be about to write one. */
  readonly looseMs: number;
}

/** By itself, the cache keeps what switching between branches needs. */
export const BY_ITSELF: Limits = {
  records: 8,
  totalBytes: 512 * 1024 * 1024,
  goneMs: 7 * 24 * 3_600_000,
  looseMs: 3_600_000,
};

/** What a deliberate pruning keeps: the newest build of each configured function. */
export const NEWEST_ALONE: Limits = {
  records: 1,
  totalBytes: Number.POSITIVE_INFINITY,
  goneMs: 0,
  looseMs: 0,
};

export interface Removal {
  readonly records: readonly HeldRecord[];
  /** Ids. */
  readonly objects: readonly string[];
}

/** Within the limit for each function, the one of its newest build first. */
function withinCount(
  records: readonly HeldRecord[],
  isConfigured: (name: string) => boolean,
  limits: Limits,
  now: number,
): HeldRecord[] {
  const counts = new Map<string, number>();
  return records.filter((record) => {
    const { functionName } = record;
    if (!isConfigured(functionName) && now - record.usedAt >= limits.goneMs) return false;
    const count = (counts.get(functionName) ?? 0) + 1;
    counts.set(functionName, count);
    return count <= limits.records;
  });
}

/**
 * Decides what is removed. Records stay by how recently they were used, those of newest builds before all others; objects
 * stay with the records that need them.
 *
 * @param configured - names of all functions of the configuration
 * @param now - ms since the epoch
 */
export function chooseRemoval(
  contents: CacheContents,
  configured: readonly string[],
  limits: Limits,
  now: number,
): Removal {
  const names = new Set(configured);
  const ordered = [
    ...contents.records.filter((record) => record.isNewest),
    ...contents.records.filter((record) => !record.isNewest),
  ];
  const needed = new Set<string>();
  const kept = new Set<HeldRecord>();
  let totalBytes = 0;
  for (const record of withinCount(ordered, (name) => names.has(name), limits, now)) {
    const more = record.head.objects.filter((id) => !needed.has(id));
    const bytes = more.reduce((sum, id) => sum + (contents.objects.get(id)?.sizeBytes ?? 0), 0);
    const isCurrent = record.isNewest && names.has(record.functionName);
    if (!isCurrent && totalBytes + bytes > limits.totalBytes) continue;
    totalBytes += bytes;
    kept.add(record);
    for (const id of more) needed.add(id);
  }
  const records = contents.records.filter((record) => !kept.has(record));
  const released = new Set(records.flatMap((record) => record.head.objects));
  const objects = [...contents.objects.values()].filter(
    ({ id, usedAt }) => !needed.has(id) && (released.has(id) || now - usedAt >= limits.looseMs),
  );
  return { records, objects: objects.map(({ id }) => id) };
}

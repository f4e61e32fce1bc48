import { join } from "node:path";
import { statOf } from "../files/listed-file.ts";
import { namesIn } from "./fingerprint.ts";
import { type KeptRecord, keptRecords } from "./kept-records.ts";
import { type RecordHead, readHead, recordPath } from "./record.ts";

/** A kept record with what it needs. */
export interface HeldRecord extends KeptRecord {
  readonly head: RecordHead;
  /** Whether it is the newest of its function. */
  readonly isNewest: boolean;
}

interface StoredObject {
  readonly id: string;
  readonly sizeBytes: number;
  /** When it was written or last used, in ms since the epoch. */
  readonly usedAt: number;
}

/** Everything in the cache that builds have left there. */
export interface CacheContents {
  /** The one that was used last first. */
  readonly records: readonly HeldRecord[];
  /** Kept records that cannot be understood. */
  readonly broken: readonly KeptRecord[];
  readonly objects: ReadonlyMap<string, StoredObject>;
}

export function readContents(cache: string): CacheContents {
  const newest = new Map<string, RecordHead | null>();
  const records: HeldRecord[] = [];
  const broken: KeptRecord[] = [];
  for (const kept of keptRecords(cache)) {
    const head = readHead(kept.path);
    if (head === null) {
      broken.push(kept);
      continue;
    }
    const { functionName } = kept;
    const current = newest.has(functionName)
      ? newest.get(functionName)
      : readHead(recordPath(cache, functionName));
    newest.set(functionName, current ?? null);
    records.push({ ...kept, head, isNewest: current?.id === kept.id });
  }
  const folder = join(cache, "objects");
  const objects = namesIn(folder).flatMap((id): StoredObject[] => {
    const stat = /^[0-9a-f]{64}$/.test(id) ? statOf(join(folder, id)) : undefined;
    return stat === undefined ? [] : [{ id, sizeBytes: stat.size, usedAt: stat.mtimeMs }];
  });
  return { records, broken, objects: new Map(objects.map((object) => [object.id, object])) };
}

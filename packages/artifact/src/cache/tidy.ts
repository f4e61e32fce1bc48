import { join } from "node:path";
import type { BuildSession } from "../build/session.ts";
import { statOf } from "../files/listed-file.ts";
import { removeQuietly } from "./cache-file.ts";
import { readContents } from "./contents.ts";
import { namesIn } from "./fingerprint.ts";
import { BY_ITSELF, chooseRemoval, type Limits } from "./keep.ts";
import { objectPath } from "./objects.ts";
import { recordPath, recordsFolder } from "./record.ts";

/** Where a function repository has what Sluice made. */
export interface Places {
  readonly artifacts: string;
  readonly cache: string;
}

/** No write takes this long, so that what is older was left by a run that was killed. */
const LEFTOVER_MS = 3_600_000;

const LEFTOVER = /^\..+\.tmp$/;

/** Removes a file; gives the bytes that it took. */
export function removeFile(path: string): number {
  const size = statOf(path)?.size ?? 0;
  return removeQuietly(path) ? size : 0;
}

/** Removes what killed runs left under temporary names. */
function sweep(places: Places, now: number): number {
  let freed = 0;
  const folders = [
    places.artifacts,
    places.cache,
    recordsFolder(places.cache),
    join(places.cache, "objects"),
  ];
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      if (!LEFTOVER.test(name)) continue;
      const path = join(folder, name);
      const stat = statOf(path);
      if (stat?.isFile() && now - stat.mtimeMs > LEFTOVER_MS) freed += removeFile(path);
    }
  }
  return freed;
}

/**
 * Removes what `limits` do not keep. Safe beside other processes: what one of them misses then, it builds.
 *
 * @param configured - names of all functions of the configuration
 * @returns bytes that were freed
 */
export function tidy(places: Places, configured: readonly string[], limits: Limits, now: number): number {
  const contents = readContents(places.cache);
  const removal = chooseRemoval(contents, configured, limits, now);
  let freed = sweep(places, now);
  for (const record of [...removal.records, ...contents.broken]) freed += removeFile(record.path);
  // A newest record stands twice.
  const gone = removal.records.filter((record) => record.isNewest);
  for (const { functionName, head } of gone) {
    freed += removeFile(recordPath(places.cache, functionName));
    for (const { folder, name } of head.beside)
      if (folder === "cache") freed += removeFile(join(places.cache, name.replace("*", functionName)));
  }
  for (const id of removal.objects) freed += removeFile(objectPath(places.cache, id));
  return freed;
}

const tidied = new WeakSet<BuildSession>();

/** Keeps the cache within its bounds: once in a run that builds something, and by what runs before it left. */
export function tidyOnce(session: BuildSession): void {
  if (tidied.has(session)) return;
  tidied.add(session);
  try {
    tidy(session, session.configured, BY_ITSELF, session.context.now());
  } catch {
    // A cache that cannot be tidied is no reason to fail.
  }
}

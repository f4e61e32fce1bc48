import type { Digest, Manifest } from "@sluice/core";
import { digestHex } from "../digest.ts";
import { parseManifest } from "../manifest.ts";
import { keptRecords } from "./kept-records.ts";
import { takeObject } from "./objects.ts";
import { readHead } from "./record.ts";

/**
 * The manifest of an earlier build with this digest, if the cache still has it.
 *
 * @param cacheFolder - absolute path of `.sluice/cache`
 */
export function findKeptManifest(cacheFolder: string, digest: Digest): Manifest | null {
  const zip = digestHex(digest);
  for (const { path } of keptRecords(cacheFolder)) {
    const head = readHead(path);
    if (head === null || !head.objects.includes(zip)) continue;
    const manifest = manifestIn(cacheFolder, head.manifest);
    if (manifest?.digest === digest) return manifest;
  }
  return null;
}

/** A cache may be deleted, or damaged, at any time. */
function manifestIn(cacheFolder: string, id: string): Manifest | null {
  try {
    const text = takeObject(cacheFolder, id);
    return text === null ? null : parseManifest(text.toString("utf8"), "a kept manifest");
  } catch {
    return null;
  }
}

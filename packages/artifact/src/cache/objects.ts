import { createHash } from "node:crypto";
import { readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { statOf } from "../files/listed-file.ts";
import { copyCacheFile, removeQuietly, writeCacheFile } from "./cache-file.ts";

/** Hexadecimal SHA-256, under which bytes are kept: a zip, a manifest, a lockfile. */
export type ObjectId = string;

export function objectPath(cache: string, id: ObjectId): string {
  return join(cache, "objects", id);
}

export function objectIdOf(bytes: string | Uint8Array): ObjectId {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Keeps bytes under their digest; a copy of their own, since an artifact may be edited in place. */
export function putObject(cache: string, bytes: string | Uint8Array): ObjectId {
  const id = objectIdOf(bytes);
  if (!hasObject(cache, id, Buffer.byteLength(bytes))) writeCacheFile(objectPath(cache, id), bytes);
  return id;
}

/**
 * Keeps a copy of a file whose digest is known. Should the file be another one by now, whoever takes the object notices.
 *
 * @param id - of the file's content, which has `size` bytes
 */
export function putCopy(cache: string, path: string, id: ObjectId, size: number): ObjectId {
  if (!hasObject(cache, id, size)) copyCacheFile(path, objectPath(cache, id));
  return id;
}

/** Whether bytes of this length are kept under `id`; if so, they count as used now. */
export function hasObject(cache: string, id: ObjectId, size: number): boolean {
  const path = objectPath(cache, id);
  const isThere = statOf(path)?.size === size;
  if (isThere) touch(path);
  return isThere;
}

/** Marks a file as used now. */
export function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // One that cannot be marked is removed earlier.
  }
}

/** The bytes kept under `id`; `null` when there are none, or others than the name says, which are removed. */
export function takeObject(cache: string, id: ObjectId): Buffer | null {
  const path = objectPath(cache, id);
  try {
    const bytes = readFileSync(path);
    if (objectIdOf(bytes) === id) return bytes;
  } catch {
    return null;
  }
  removeQuietly(path);
  return null;
}

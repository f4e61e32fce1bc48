import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheUnusable } from "./errors.ts";

/** Where a wheel of this SHA-256 (hexadecimal) is kept; `home` is the cache of the user. */
export function cachedPath(home: string, sha256: string, filename: string): string {
  return join(home, "wheels", sha256.slice(0, 2), sha256, basename(filename));
}

/** The SHA-256 of a file, hexadecimal, or `null` when it cannot be read. */
export async function sha256OfFile(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
    return hash.digest("hex");
  } catch {
    return null;
  }
}

/**
 * Whether a wheel is in the cache and is what it was. It is hashed each time (20 ms for 40 MB, measured), since nothing else would notice
 * a damaged one; that one is removed, so that it is fetched anew.
 */
export async function hasWheel(path: string, sha256: string): Promise<boolean> {
  const found = await sha256OfFile(path);
  if (found === sha256) return true;
  if (found !== null) await rm(path, { force: true }).catch(() => undefined);
  return false;
}

/** Downloads that were killed: older ones than this, in ms, are nobody's any more. */
const STALE_MS = 24 * 60 * 60 * 1000;

async function removeStale(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const isStale = await stat(path).then(
      ({ mtimeMs }) => now - mtimeMs > STALE_MS,
      () => false,
    );
    if (isStale) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** A name beside `path` that nobody else has. */
export function uniqueName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
}

/** Makes the folder for files on their way, on the same file system as those that arrived, and gives a name in it. */
export async function temporaryPath(home: string, now: number): Promise<string> {
  const path = uniqueName(join(home, "wheels", "partial", "wheel"));
  await makeFolderOf(path);
  await removeStale(dirname(path), now);
  return path;
}

/** Makes the folder of `path`. */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw cacheUnusable(dirname(path), error);
  });
}

/**
 * Gives a complete file its name. Of two processes that do so at once either may win: they have the same bytes.
 *
 * @param sha256 - of the file, hexadecimal
 */
export async function keep(temporary: string, path: string, sha256: string): Promise<void> {
  await makeFolderOf(path);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    // On Windows a file that somebody reads cannot be replaced; it need not be.
    if (!(await hasWheel(path, sha256))) throw cacheUnusable(dirname(path), error);
  }
}

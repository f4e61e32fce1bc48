import { randomBytes } from "node:crypto";
import { constants, copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A name beside `path`, for a file on its way to it; what a killed run leaves under one is swept later. */
export function temporaryPath(path: string): string {
  const unique = `${process.pid}-${randomBytes(6).toString("hex")}`;
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

/**
 * Writes a file of the cache whole or not at all, whatever other processes do. A cache that cannot be written costs time
 * and nothing else, so a failure is told by the result alone.
 */
export function writeCacheFile(path: string, contents: string | Uint8Array): boolean {
  return putInPlace(path, (temporary) => writeFileSync(temporary, contents, { flag: "wx" }));
}

/** The same with the contents of a file, which the system copies; where it can, without writing them twice. */
export function copyCacheFile(from: string, path: string): boolean {
  return putInPlace(path, (temporary) =>
    copyFileSync(from, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL),
  );
}

function putInPlace(path: string, fill: (temporary: string) => void): boolean {
  const temporary = temporaryPath(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    fill(temporary);
    renameSync(temporary, path);
    return true;
  } catch {
    removeQuietly(temporary);
    return false;
  }
}

/** Removes a file of the cache if that can be done. */
export function removeQuietly(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

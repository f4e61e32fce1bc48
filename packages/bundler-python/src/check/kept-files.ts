import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import type { FileSet } from "./check-options.ts";
import { unpack } from "./unpack.ts";

/** Below it, unpacking takes no longer than looking. In bytes. */
const WORTHWHILE_FROM = 4_000_000;
/** Sets that are kept: those of a few functions, for one Python each. */
const KEPT = 3;
const GONE_MS = 14 * 24 * 3_600_000;

function sizeOf({ files }: FileSet): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** Whether each file is there with its size: a cache may be deleted in part at any time. */
function isWhole(folder: string, { files }: FileSet): boolean {
  return files.every(
    ({ path, bytes }) => lstatSync(join(folder, path), { throwIfNoEntry: false })?.size === bytes.length,
  );
}

/** Removes what has not been used for long, and all but the last few. */
function tidy(home: string, now: number): void {
  const kept = readdirSync(home)
    .map((name) => ({ path: join(home, name), usedAt: statSync(join(home, name)).mtimeMs }))
    .sort((one, other) => other.usedAt - one.usedAt);
  for (const [index, { path, usedAt }] of kept.entries())
    if (index >= KEPT || now - usedAt > GONE_MS) rmSync(path, { recursive: true, force: true });
}

/** Unpacks under another name and renames, so that a folder of its name is a whole one. */
function keep(home: string, place: string, set: FileSet): void {
  mkdirSync(home, { recursive: true });
  const making = join(home, `${randomBytes(6).toString("hex")}.making`);
  try {
    unpack(making, set.files);
    rmSync(place, { recursive: true, force: true });
    renameSync(making, place);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/**
 * A folder with the files of a set that stays in the user's cache, with what Python compiles of them: unpacking and compiling
 * pandas takes longer than everything else in a build of which one source has changed.
 *
 * @param home - absolute path of the cache that all repositories of the user share
 * @returns absolute path; `null` when it is not worth it, or cannot be had: then the files are unpacked for this run alone
 */
export function keptFolder(home: string, set: FileSet, now: number): string | null {
  if (sizeOf(set) < WORTHWHILE_FROM) return null;
  const folder = join(home, "unpacked");
  const place = join(folder, set.id);
  try {
    if (!existsSync(place) || !isWhole(place, set)) {
      keep(folder, place, set);
      tidy(folder, now);
    }
    const seconds = now / 1000;
    utimesSync(place, seconds, seconds);
    return place;
  } catch {
    // Another process was quicker, the disk is full, or the cache is read-only.
    return null;
  }
}

import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathProblem } from "@sluice/artifact";
import type { PackageFile } from "./check-options.ts";

/** Writes files into a folder. What no zip can hold is left to whoever writes that to refuse. */
export function unpack(folder: string, files: readonly PackageFile[]): void {
  const made = new Set<string>();
  for (const { path, bytes, executable } of files) {
    if (pathProblem(path) !== null) continue;
    const file = join(folder, path);
    const parent = dirname(file);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(file, bytes);
    // Not left to the umask.
    if (executable) chmodSync(file, 0o755);
  }
}

function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Makes the link to a folder a folder of links, so that more can be put into it. */
function open(link: string): void {
  const target = readlinkSync(link);
  unlinkSync(link);
  mkdirSync(link);
  linkInto(link, target);
}

/**
 * Puts what a folder holds into another without copying it: as links to its topmost folders that the other has not. A file that is
 * there stays.
 */
export function linkInto(folder: string, from: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const place = join(folder, entry.name);
    const there = lstatSync(place, { throwIfNoEntry: false });
    if (there === undefined && entry.isFile()) linkFile(source, place);
    else if (there === undefined) symlinkSync(source, place, "junction");
    else if (!entry.isFile() && !there.isFile()) {
      if (there.isSymbolicLink()) open(place);
      linkInto(place, source);
    }
  }
}

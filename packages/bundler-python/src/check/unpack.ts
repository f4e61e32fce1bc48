import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
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

/**
 * Puts what a folder holds into another by hard links: packages ask for the real path of their files, as OpenCV's does, and must find
 * it where they were imported from. A file that is there stays.
 */
export function linkInto(folder: string, from: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const place = join(folder, entry.name);
    const there = lstatSync(place, { throwIfNoEntry: false });
    if (entry.isFile()) {
      if (there === undefined) linkFile(source, place);
      continue;
    }
    if (there === undefined) mkdirSync(place);
    if (there === undefined || there.isDirectory()) linkInto(place, source);
  }
}

/** Whether two paths are one file. */
function isSame(one: string, other: string): boolean {
  const first = lstatSync(one, { throwIfNoEntry: false });
  return first !== undefined && first.ino === lstatSync(other, { throwIfNoEntry: false })?.ino;
}

/**
 * Takes the compiled modules that Python left in a package into the folder that their sources were linked from, for the next ones. Not
 * those of other files: time and size of a source, by which Python knows them, may be those of another function's, too.
 */
export function takeCompiled(folder: string, to: string): void {
  const compiled = join(folder, "__pycache__");
  for (const name of existsSync(compiled) ? readdirSync(compiled) : []) {
    const source = `${name.split(".")[0]}.py`;
    const place = join(to, "__pycache__", name);
    if (!name.endsWith(".pyc") || existsSync(place) || !isSame(join(folder, source), join(to, source)))
      continue;
    mkdirSync(dirname(place), { recursive: true });
    linkFile(join(compiled, name), place);
  }
  for (const entry of readdirSync(to, { withFileTypes: true })) {
    const isFolder = entry.isDirectory() && entry.name !== "__pycache__";
    if (isFolder && existsSync(join(folder, entry.name)))
      takeCompiled(join(folder, entry.name), join(to, entry.name));
  }
}

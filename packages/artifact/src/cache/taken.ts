import { resolve } from "node:path";
import type { Digest } from "@sluice/core";
import type { BuildSession } from "../build/session.ts";
import { digestOf } from "../digest.ts";
import { createFileStates, type FileStates, type Fingerprint, fingerprint } from "./fingerprint.ts";
import { filesInFolder, type WholeFolder } from "./folders.ts";
import { type CacheKey, listedLines, relativeTo } from "./key.ts";
import type { Resolution } from "./siblings.ts";

/** What a build read, told after it. */
export interface ReadFiles {
  /** Paths relative to the root. */
  readonly inputs: readonly string[];
  readonly resolution: Resolution | null;
  /** Names of packages whose locked versions decide, beside those that `inputs` and imports name. */
  readonly packages?: readonly string[];
  /** Folders that were packed whole, relative to the root: a file that appears in one is a change. */
  readonly folders?: readonly string[];
  /** Files as they were after the build, when it was one of several functions. */
  readonly files?: FileStates;
  /** Absolute paths of files that were read after a build command, which may have made them, and from when on. */
  readonly later?: { readonly from: number; readonly files: ReadonlySet<string> } | undefined;
}

/** What a build read, with its content: the part of a record that is known before the zip is written. */
export interface Taken {
  readonly sources: Digest;
  readonly takenAt: number;
  readonly inputs: readonly Fingerprint[];
  readonly lockfiles: readonly Fingerprint[];
  readonly packages: readonly string[];
  readonly folders: readonly WholeFolder[];
  /** Whether each file could be read and none was written while it was built. */
  readonly settled: boolean;
}

/** Options name the repository's own place where users resolved paths, as those of plugins or aliases. */
function portableOptions({ root, repository }: BuildSession, options: string): string {
  const escaped = (path: string): string => JSON.stringify(path).slice(1, -1);
  return options.replaceAll(escaped(root), "<root>").replaceAll(escaped(repository), "<repository>");
}

/** Equal on every machine: no path in it tells where the repository or a package manager's store stands. */
function sourcesDigest(session: BuildSession, key: CacheKey, inputs: readonly Fingerprint[]): Digest {
  const content = inputs.map(([path, sha256]) => JSON.stringify([session.portableName(path), sha256])).sort();
  const options = portableOptions(session, key.options);
  return digestOf(Buffer.from(JSON.stringify([options, content, listedLines(key, session.root)])));
}

/** Fingerprints what a build read. `startedAt` is when it began, in ms since the epoch. */
export function takeInputs(session: BuildSession, key: CacheKey, read: ReadFiles, startedAt: number): Taken {
  const files = read.files ?? createFileStates(session.root);
  const takenAt = session.context.now();
  const listed = key.listed.map((file) => relativeTo(session.root, file.from));
  const paths = [...new Set([...read.inputs, ...(read.resolution?.configs ?? []), ...listed])].sort();
  const take = (list: readonly string[]): (Fingerprint | null)[] =>
    list.map((path) => fingerprint(files, path));
  const inputs = take(paths);
  const lockfiles = take(read.resolution?.lockfiles ?? []);
  const known = inputs.filter((found) => found !== null);
  // The clock counts whole milliseconds: a file written in the one of the start was there before it was read.
  const readFrom = (path: string): number =>
    read.later?.files.has(resolve(session.root, path)) ? read.later.from : startedAt;
  const within = (time: number, path: string): boolean =>
    Math.floor(time) > readFrom(path) && time <= takenAt;
  const folders = (read.folders ?? []).map(
    (folder): WholeFolder => [folder, filesInFolder(session, folder) ?? []],
  );
  // One that is in a folder now and was not packed has appeared meanwhile.
  const packed = new Set(paths);
  const isWhole = folders.every(([, files]) => files.every((line) => packed.has(line.slice(2))));
  const isAtRest = [...inputs, ...lockfiles].every(
    (found) => found !== null && !within(found[3], found[0]) && !within(found[4], found[0]),
  );
  const named = [
    ...(read.packages ?? []),
    ...(read.resolution?.packages ?? []),
    ...(session.lockfiles?.packagesOf(paths) ?? []),
  ];
  return {
    sources: sourcesDigest(session, key, known),
    takenAt,
    inputs: known,
    lockfiles: lockfiles.filter((found) => found !== null),
    packages: [...new Set(named)].sort(),
    folders,
    settled: isWhole && isAtRest,
  };
}

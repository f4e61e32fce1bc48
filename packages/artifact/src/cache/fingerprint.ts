import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { statOf } from "../files/listed-file.ts";

/** A file as it was read; path relative to the root, times in ms since the epoch. */
export type Fingerprint = readonly [
  path: string,
  sha256: string,
  size: number,
  mtimeMs: number,
  ctimeMs: number,
  inode: number,
  /** Only where it is so: a file may be packed with its mode. */
  executable?: true,
];

/** What git compares as well: `cp -p` and `rsync -t` keep size and mtime, but neither ctime nor, mostly, the inode. */
interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly executable: boolean;
}

/** Looks at files, each once: many functions of one run read the same ones. */
export interface FileStates {
  /** Absolute real path of the root. */
  readonly root: string;
  /** `null`: there is no such file. */
  state(path: string): FileState | null;
  /** Hexadecimal SHA-256 of the content; `null`: it cannot be read. */
  sha256(path: string): string | null;
  /** What is remembered of a file's content, with the state that it had. */
  known(path: string): { readonly state: FileState | null; readonly sha256: string | null } | undefined;
  /** Where symbolic links lead, relative to the root; `null`: nowhere. */
  real(path: string): string | null;
  /** Names in a folder; none where there is no such folder. */
  names(folder: string): readonly string[];
}

/** Whether a file that was at rest in between has the content that it had. */
function isSame(one: FileState | null, other: FileState | null): boolean {
  if (one === null || other === null) return false;
  const keys = ["size", "mtimeMs", "ctimeMs", "ino"] as const;
  return keys.every((key) => one[key] === other[key]);
}

/**
 * @param earlier - what was seen a moment ago: files that have not changed since are not read again
 */
export function createFileStates(root: string, earlier?: FileStates): FileStates {
  const states = new Map<string, FileState | null>();
  const hashes = new Map<string, string | null>();
  const reals = new Map<string, string | null>();
  const folders = new Map<string, readonly string[]>();
  const remembered = <V>(known: Map<string, V>, path: string, look: () => V): V => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const value = look();
    known.set(path, value);
    return value;
  };
  const state = (path: string): FileState | null =>
    remembered(states, path, () => {
      const stat = statOf(resolve(root, path));
      if (!stat?.isFile()) return null;
      const { size, mtimeMs, ctimeMs, ino, mode } = stat;
      return { size, mtimeMs, ctimeMs, ino, executable: (mode & 0o111) !== 0 };
    });
  return {
    root,
    state,
    sha256: (path) =>
      remembered(hashes, path, () => {
        const known = earlier?.known(path);
        return known !== undefined && isSame(known.state, state(path))
          ? known.sha256
          : hashOfFile(resolve(root, path));
      }),
    known: (path) => {
      const sha256 = hashes.get(path);
      return sha256 === undefined ? undefined : { state: state(path), sha256 };
    },
    real: (path) => remembered(reals, path, () => realOf(root, path)),
    names: (folder) => remembered(folders, folder, () => namesIn(resolve(root, folder))),
  };
}

/** Where a path really leads, relative to the root with forward slashes; `null`: nowhere. */
function realOf(root: string, path: string): string | null {
  try {
    return relative(root, realpathSync.native(resolve(root, path))).replaceAll(sep, "/");
  } catch {
    return null;
  }
}

/** Names in a folder; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Hexadecimal SHA-256 of a file; `null` when it cannot be read. */
export function hashOfFile(path: string): string | null {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return null;
  }
}

/** `null`: the file cannot be read. */
export function fingerprint(files: FileStates, path: string): Fingerprint | null {
  const state = files.state(path);
  const sha256 = state === null ? null : files.sha256(path);
  if (state === null || sha256 === null) return null;
  const { size, mtimeMs, ctimeMs, ino, executable } = state;
  return executable
    ? [path, sha256, size, mtimeMs, ctimeMs, ino, true]
    : [path, sha256, size, mtimeMs, ctimeMs, ino];
}

/**
 * A file that was written this shortly before it was looked at may have been written again without its time
 * changing: file systems count time in steps of up to 2 s (FAT). git calls such entries racy.
 */
const RACY_MS = 2000;

/**
 * Compares files with their fingerprints: by size, times and inode where these can be trusted, else by content.
 *
 * @param takenAt - when the fingerprints were taken, in ms since the epoch
 * @returns `renewed` when some file had to be read: fingerprints taken now would spare that the next time
 */
export function compareFiles(
  files: FileStates,
  known: readonly Fingerprint[],
  takenAt: number,
): "same" | "renewed" | "changed" {
  let read = false;
  for (const [path, sha256, size, mtimeMs, ctimeMs, inode, executable = false] of known) {
    const state = files.state(path);
    if (state === null || state.size !== size || state.executable !== executable) return "changed";
    const same = state.mtimeMs === mtimeMs && state.ctimeMs === ctimeMs && state.ino === inode;
    if (same && Math.max(mtimeMs, ctimeMs) < takenAt - RACY_MS) continue;
    if (files.sha256(path) !== sha256) return "changed";
    read = true;
  }
  return read ? "renewed" : "same";
}

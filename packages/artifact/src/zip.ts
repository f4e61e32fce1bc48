import { crc32 } from "node:zlib";
import type { FileEntry } from "@sluice/core";
import { type DeflateLevel, deflate, isPoolWorthwhile } from "./deflate.ts";
import { contentSha256, sha256Hex } from "./digest.ts";
import { byPath, checkPaths } from "./entry-path.ts";
import { artifactErrors } from "./errors.ts";
import { layOut, MAXIMUM_FILES, MAXIMUM_UNZIPPED_BYTES, METHODS, type PackedFile } from "./zip-format.ts";

/** A file to pack. */
export interface ZipEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Packed with mode 0755 instead of 0644. Default `false`. */
  readonly executable?: boolean;
  /**
   * `bytes` as a raw deflate stream (RFC 1951) that somebody else has made, as it stands in a wheel: it is packed as it is,
   * wherever it is smaller. Whoever gives one has inflated it to these bytes.
   */
  readonly deflated?: Uint8Array | null;
}

/** A deployment package in memory. */
export interface Zip {
  readonly bytes: Uint8Array;
  readonly files: readonly FileEntry[];
  /** Bytes of all files, uncompressed. */
  readonly unzippedBytes: number;
}

export interface ZipOptions {
  /** Default 5: level 6 takes a third longer and saves 2 %, levels beyond it next to nothing. */
  readonly level?: DeflateLevel;
  /** What the zip is for, in errors about its limits: `functions.orders`. */
  readonly where?: string;
  /** What a file is counted with when a package is too large, as a package's name. Default: its folder in `node_modules`. */
  readonly partOf?: (path: string) => string | null;
}

/** The folder of the installed package that a file is of, else the file itself. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

const installedPackage = (path: string): string | null => PACKAGE.exec(path)?.[0] ?? null;

/** The biggest parts, five at most: packages as a whole, other files each for itself. */
function biggestParts(
  files: readonly { readonly path: string; readonly size: number }[],
  partOf: (path: string) => string | null,
): { path: string; size: number }[] {
  const sizes = new Map<string, number>();
  for (const { path, size } of files) {
    const part = partOf(path) ?? path;
    sizes.set(part, (sizes.get(part) ?? 0) + size);
  }
  const parts = [...sizes].map(([path, size]) => ({ path, size }));
  const sorted = parts.sort((one, other) => other.size - one.size || byPath(one, other)).slice(0, 5);
  // Beside the biggest, what takes next to nothing is no help.
  return sorted.filter(({ size }, index) => index === 0 || size * 100 >= (sorted[0]?.size ?? 0));
}

/**
 * Refuses what AWS Lambda would refuse after the upload.
 *
 * @throws `SLUICE_ARTIFACT_TOO_LARGE`, naming the five biggest packages and files; `SLUICE_ZIP_TOO_MANY_FILES`
 */
export function checkLimits(
  files: readonly { readonly path: string; readonly size: number }[],
  where?: string,
  partOf: (path: string) => string | null = installedPackage,
  limit: number = MAXIMUM_UNZIPPED_BYTES,
): number {
  if (files.length > MAXIMUM_FILES) throw artifactErrors.tooManyFiles(files.length, MAXIMUM_FILES, where);
  const unzippedBytes = files.reduce((sum, file) => sum + file.size, 0);
  if (unzippedBytes <= limit) return unzippedBytes;
  throw artifactErrors.tooLarge(unzippedBytes, MAXIMUM_UNZIPPED_BYTES, biggestParts(files, partOf), where);
}

/** Times AWS's limit: whatever is left out of archives that have this much, the rest does not fit. */
const HOPELESS = 2;

/**
 * Refuses archives, by their compressed sizes, that cannot come to a package that fits: before they are fetched or unpacked.
 *
 * @throws `SLUICE_ARTIFACT_TOO_LARGE`, naming the five biggest
 */
export function refuseOversized(
  archives: readonly { readonly path: string; readonly size: number }[],
  where: string,
): void {
  const bytes = archives.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= HOPELESS * MAXIMUM_UNZIPPED_BYTES) return;
  const biggest = biggestParts(archives, (path) => path);
  throw artifactErrors.archivesTooLarge(bytes, MAXIMUM_UNZIPPED_BYTES, biggest, where);
}

interface Packed {
  readonly entry: FileEntry;
  readonly file: PackedFile;
}

async function compressedOf(
  { bytes, deflated }: ZipEntry,
  sha256: string,
  level: DeflateLevel,
  inPool: boolean,
): Promise<Uint8Array | null> {
  if (level === 0 || bytes.length === 0) return null;
  return deflated ?? deflate(bytes, sha256, level, inPool);
}

interface Sums {
  readonly sha256: string;
  readonly crc: number;
}

/** Sums of contents that came with their deflate streams: the packages of one run hold the same wheels. */
const sumsOf = new WeakMap<Uint8Array, Sums>();

function sums({ bytes, deflated }: ZipEntry): Sums {
  if (deflated == null) return { sha256: sha256Hex(bytes), crc: crc32(bytes) };
  // Whoever took the stream out of a wheel has hashed the content, to hold it against the wheel's own list.
  const made = sumsOf.get(deflated) ?? { sha256: contentSha256(bytes), crc: crc32(bytes) };
  sumsOf.set(deflated, made);
  return made;
}

async function pack(entry: ZipEntry, level: DeflateLevel, inPool: boolean): Promise<Packed> {
  const { path, bytes } = entry;
  const mode = entry.executable === true ? 0o755 : 0o644;
  const { sha256, crc } = sums(entry);
  const compressed = await compressedOf(entry, sha256, level, inPool);
  const smaller = compressed !== null && compressed.length < bytes.length;
  const file: PackedFile = {
    name: Buffer.from(path, "utf8"),
    mode,
    crc,
    method: smaller ? METHODS.deflated : METHODS.stored,
    size: bytes.length,
    data: smaller ? compressed : bytes,
  };
  return { entry: { path, size: bytes.length, sha256, mode }, file };
}

/**
 * Packs `entries` so that the same entries always give the same bytes: sorted by path in code-unit order, modes 0644 and
 * 0755 only, one fixed time, no extra fields, compressed by a compressor that is part of this package. Contents must not
 * be changed until the promise is settled.
 *
 * @throws `SLUICE_ZIP_PATH_INVALID`, `SLUICE_ZIP_PATH_CLASH`, `SLUICE_ARTIFACT_TOO_LARGE`, `SLUICE_ZIP_TOO_MANY_FILES`
 */
export async function createZip(entries: readonly ZipEntry[], options: ZipOptions = {}): Promise<Zip> {
  const sorted = entries.toSorted(byPath);
  checkPaths(sorted.map((entry) => entry.path));
  const sizes = sorted.map(({ path, bytes }) => ({ path, size: bytes.length }));
  const unzippedBytes = checkLimits(sizes, options.where, options.partOf);
  const toDeflate = sorted.reduce(
    (sum, { bytes, deflated }) => sum + (deflated == null ? bytes.length : 0),
    0,
  );
  const inPool = isPoolWorthwhile(toDeflate);
  const packed = await Promise.all(sorted.map((entry) => pack(entry, options.level ?? 5, inPool)));
  return {
    bytes: layOut(packed.map(({ file }) => file)),
    files: packed.map(({ entry }) => entry),
    unzippedBytes,
  };
}

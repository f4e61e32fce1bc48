import { crc32, inflateRawSync, type ZlibOptions } from "node:zlib";
import { sha256Hex } from "./digest.ts";
import { byPath, fileUsedAsFolder } from "./entry-path.ts";
import { artifactErrors } from "./errors.ts";
import { checkLimits, type Zip } from "./zip.ts";
import { type DirectoryEntry, readDirectory, viewOf } from "./zip-directory.ts";
import { FLAGS, MAXIMUM_UNZIPPED_BYTES, METHODS, SIGNATURES, SIZES } from "./zip-format.ts";

/** A file out of a zip. */
export interface UnpackedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Unix permission bits as the zip has them. */
  readonly mode: number;
}

/** Refuses a name twice, and a file whose name another uses as a folder: which one wins would be up to the unpacker. */
function checkNames(files: readonly DirectoryEntry[], where: string): void {
  const names = new Set<string>();
  for (const { path } of files) {
    if (names.has(path)) throw artifactErrors.zipUnsafe(where, `it holds ${JSON.stringify(path)} twice`);
    names.add(path);
  }
  const blocked = fileUsedAsFolder([...names]);
  if (blocked !== undefined)
    throw artifactErrors.zipUnsafe(where, `${JSON.stringify(blocked[0])} is a file and a folder`);
}

/**
 * The compressed bytes of an entry. The local header must agree with the directory: one that differs would show one file to
 * us and another to whoever reads the zip from its beginning.
 */
function locate(bytes: Uint8Array, entry: DirectoryEntry, start: number, where: string): [number, number] {
  const view = viewOf(bytes);
  const shown = JSON.stringify(entry.path);
  const { local, name } = entry;
  if (local + SIZES.local > start || view.getUint32(local, true) !== SIGNATURES.local)
    throw artifactErrors.zipInvalid(where, `${shown} is not where the directory says`);
  const nameEnd = local + SIZES.local + view.getUint16(local + 26, true);
  const from = nameEnd + view.getUint16(local + 28, true);
  const to = from + entry.compressedSize;
  if (to > start) throw artifactErrors.zipInvalid(where, `${shown} is cut off`);
  const agrees =
    Buffer.compare(bytes.subarray(local + SIZES.local, nameEnd), name) === 0 &&
    view.getUint16(local + 8, true) === entry.method &&
    (view.getUint16(local + 6, true) & FLAGS.encrypted) === 0;
  if (!agrees) throw artifactErrors.zipUnsafe(where, `${shown} has two headers that contradict each other`);
  return [from, to];
}

/** Entries that share bytes make a small zip unpack to any size. */
function checkOverlaps(entries: readonly { local: number; to: number }[], where: string): void {
  let free = 0;
  for (const { local, to } of entries.toSorted((one, other) => one.local - other.local)) {
    if (local < free) throw artifactErrors.zipUnsafe(where, "its entries overlap");
    free = to;
  }
}

/** Bytes: zlib takes no smaller ones, and what a directory declares is not proven yet. */
const CHUNK = { minimum: 64, maximum: 64 * 1024 * 1024 } as const;

/**
 * Room for all of an entry at once, and a byte more, without which zlib would ask for a second chunk. By default it collects chunks of
 * 16 kB: small files would keep a whole one each, and big ones are copied (a fifth of the time of inflating 6,000 files of wheels).
 */
function chunkFor(size: number): number {
  return Math.min(Math.max(size + 1, CHUNK.minimum), CHUNK.maximum);
}

/** How an entry of a declared size is inflated: no further than that. */
export function inflateOptions(size: number): ZlibOptions {
  return { maxOutputLength: Math.max(1, size), chunkSize: chunkFor(size) };
}

/** @param ahead - the content as somebody has inflated it already; it is proven like any other */
function inflate(entry: DirectoryEntry, data: Uint8Array, where: string, ahead?: Uint8Array): Uint8Array {
  const damaged = (cause?: unknown): Error =>
    artifactErrors.zipInvalid(where, `${JSON.stringify(entry.path)} is damaged`, cause);
  let bytes: Uint8Array;
  try {
    // Inflating has one right result, so the runtime's own zlib serves; it stops at the declared size.
    bytes =
      entry.method === METHODS.stored ? data : (ahead ?? inflateRawSync(data, inflateOptions(entry.size)));
  } catch (error) {
    throw damaged(error);
  }
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc) throw damaged();
  return bytes;
}

/** Where the content of each entry stands; none shares bytes with another. */
function locateAll(
  bytes: Uint8Array,
  entries: readonly DirectoryEntry[],
  start: number,
  where: string,
): { entry: DirectoryEntry; local: number; from: number; to: number }[] {
  const located = entries.map((entry) => {
    const [from, to] = locate(bytes, entry, start, where);
    return { entry, local: entry.local, from, to };
  });
  checkOverlaps(located, where);
  return located;
}

/** Yields the wanted files one after another, once all that can be told without inflating has been checked. */
function* unpack(
  bytes: Uint8Array,
  where: string,
  wanted: (path: string) => boolean = () => true,
): Generator<UnpackedFile> {
  const { entries, start } = readDirectory(bytes, where);
  const files = entries.filter(({ path }) => !path.endsWith("/"));
  checkNames(files, where);
  checkLimits(files, where);
  for (const { entry, from, to } of locateAll(bytes, entries, start, where))
    if (!entry.path.endsWith("/") && wanted(entry.path))
      yield { path: entry.path, mode: entry.mode, bytes: inflate(entry, bytes.subarray(from, to), where) };
}

/** Bytes, uncompressed: more would be a lot of memory for what is no deployment package in the end. */
const STREAMS_LIMIT = 4 * MAXIMUM_UNZIPPED_BYTES;

const topFolder = (path: string): string | null => path.split("/", 1)[0] ?? null;

/** A file out of a zip, with its compressed content as it stands there. */
export interface StreamedFile extends UnpackedFile {
  /** Raw deflate stream (RFC 1951); `null` for a file that is stored. */
  readonly deflated: Uint8Array | null;
}

/** Where files of a zip stand that {@link readZipStreams} takes. */
export function locateStreams(bytes: Uint8Array, where: string): ReturnType<typeof locateAll> {
  const { entries, start } = readDirectory(bytes, where);
  const files = entries.filter(({ path }) => !path.endsWith("/"));
  checkNames(files, where);
  checkLimits(files, where, topFolder, STREAMS_LIMIT);
  return locateAll(bytes, entries, start, where).filter(({ entry }) => !entry.path.endsWith("/"));
}

/**
 * Unpacks a zip of any size, as a wheel may be, and keeps each file's compressed stream: it can be packed again without
 * compressing anything. Everything that can be told without inflating is checked first, as by {@link readZip}, but AWS's limit: of what
 * is in a wheel, not all is packed.
 *
 * @param ahead - contents that were inflated already, by the offset of their entries
 * @throws `SLUICE_ZIP_UNSAFE`, `SLUICE_ZIP_INVALID`; `SLUICE_ARTIFACT_TOO_LARGE` beyond four times that limit, by the declared sizes
 */
export function readZipStreams(
  bytes: Uint8Array,
  where = "the zip",
  ahead?: ReadonlyMap<number, Uint8Array>,
): StreamedFile[] {
  return locateStreams(bytes, where).map(({ entry, local, from, to }) => {
    const data = bytes.subarray(from, to);
    const deflated = entry.method === METHODS.stored ? null : data;
    const { path, mode } = entry;
    return { path, mode, bytes: inflate(entry, data, where, ahead?.get(local)), deflated };
  });
}

/**
 * Unpacks a zip that somebody else may have made. Folders are left out; names that differ only by case are allowed, as
 * AWS Lambda's file system has them.
 *
 * @param where - what the zip is called in errors
 * @throws `SLUICE_ZIP_UNSAFE` for names that leave the package, symbolic links, duplicates, encryption, contradicting
 * headers and overlapping entries; `SLUICE_ARTIFACT_TOO_LARGE` beyond 262,144,000 bytes by the declared sizes, before
 * anything is inflated; `SLUICE_ZIP_INVALID` for what is damaged or needs ZIP64
 */
export function readZip(bytes: Uint8Array, where = "the zip"): { readonly entries: UnpackedFile[] } {
  return { entries: [...unpack(bytes, where)] };
}

/** A file of a zip with what it takes there. */
export interface SizedFile {
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Bytes that its compressed content takes in the zip, without headers. */
  readonly zippedBytes: number;
}

/**
 * What each file takes in a zip, as its directory says, with the contents of the few files that `wanted` names; nothing else is
 * inflated.
 *
 * @throws what {@link readZip} throws
 */
export function measureZip(
  bytes: Uint8Array,
  wanted: (path: string) => boolean,
  where = "the zip",
): { readonly files: SizedFile[]; readonly contents: UnpackedFile[] } {
  const { entries } = readDirectory(bytes, where);
  const files = entries.filter(({ path }) => !path.endsWith("/"));
  return {
    files: files.map(({ path, size, compressedSize }) => ({ path, size, zippedBytes: compressedSize })),
    contents: [...unpack(bytes, where, wanted)],
  };
}

/**
 * A ready zip as a {@link Zip}, its bytes unchanged, its files checked as by {@link readZip}. Their modes are those of the
 * zip.
 *
 * @throws what {@link readZip} throws
 */
export function adoptZip(bytes: Uint8Array, where = "the zip"): Zip {
  const files = [];
  for (const { path, mode, bytes: content } of unpack(bytes, where))
    files.push({ path, size: content.length, sha256: sha256Hex(content), mode });
  return { bytes, files: files.sort(byPath), unzippedBytes: files.reduce((sum, { size }) => sum + size, 0) };
}

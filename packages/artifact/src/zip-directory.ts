import { pathProblem } from "./entry-path.ts";
import { artifactErrors } from "./errors.ts";
import { FLAGS, MAXIMUM_FILES, METHODS, SIGNATURES, SIZES } from "./zip-format.ts";

/** A file or folder as the central directory of a zip declares it. */
export interface DirectoryEntry {
  /** Folders end in a slash. */
  readonly path: string;
  /** Permission bits. 0644 where the zip was made by a system without them. */
  readonly mode: number;
  readonly crc: number;
  readonly method: number;
  /** Bytes, uncompressed, as declared. */
  readonly size: number;
  readonly compressedSize: number;
  /** Offset of the local header. */
  readonly local: number;
  /** The name's bytes, for comparison with the local header. */
  readonly name: Uint8Array;
}

/** Systems in "version made by" whose external attributes hold a Unix mode: Unix and OS X (APPNOTE 4.4.2.2). */
const UNIX_SYSTEMS: readonly number[] = [3, 19];
/** File types of stat(2) in the upper half of the external attributes; 0 is "not said". */
const TYPES = { mask: 0o170000, none: 0, file: 0o100000, folder: 0o040000, symlink: 0o120000 } as const;
const MAXIMUM_COMMENT = 65_535;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Offset of the end record: the last one whose comment reaches exactly to the end of the file. */
export function findEnd(view: DataView, where: string): number {
  const last = view.byteLength - SIZES.end;
  for (let offset = last; offset >= Math.max(0, last - MAXIMUM_COMMENT); offset -= 1) {
    if (view.getUint32(offset, true) !== SIGNATURES.end) continue;
    if (view.getUint16(offset + 20, true) === last - offset) return offset;
  }
  throw artifactErrors.zipInvalid(where, "it has no end record; the file is not a zip or was cut off");
}

function decodeName(name: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name);
  } catch (error) {
    const shown = Buffer.from(name).toString("latin1");
    throw artifactErrors.zipInvalid(where, `the name ${JSON.stringify(shown)} is not valid UTF-8`, error);
  }
}

/** Refuses what a deployment package must not hold, by what the entry declares. */
function checkEntry(entry: DirectoryEntry, flags: number, type: number, where: string): void {
  const shown = JSON.stringify(entry.path);
  const isFolder = entry.path.endsWith("/");
  const problem = pathProblem(isFolder ? entry.path.slice(0, -1) : entry.path);
  if (problem !== null) throw artifactErrors.zipUnsafe(where, `the name ${shown} is not safe: ${problem}`);
  if ((flags & (FLAGS.encrypted | FLAGS.strongEncryption)) !== 0)
    throw artifactErrors.zipUnsafe(where, `${shown} is encrypted`);
  if (type === TYPES.symlink) throw artifactErrors.zipUnsafe(where, `${shown} is a symbolic link`);
  const regular = type === TYPES.none || type === (isFolder ? TYPES.folder : TYPES.file);
  if (!regular) throw artifactErrors.zipUnsafe(where, `${shown} is not a regular file`);
  if (isFolder && entry.size > 0) throw artifactErrors.zipUnsafe(where, `the folder ${shown} has contents`);
  if (entry.method !== METHODS.stored && entry.method !== METHODS.deflated)
    throw artifactErrors.zipInvalid(where, `${shown} is compressed by method ${entry.method}`);
  if (entry.method === METHODS.stored && entry.size !== entry.compressedSize)
    throw artifactErrors.zipInvalid(where, `${shown} is stored, but has two sizes`);
}

function readEntry(bytes: Uint8Array, offset: number, where: string): DirectoryEntry {
  const view = viewOf(bytes);
  const nameLength = view.getUint16(offset + 28, true);
  const name = bytes.subarray(offset + SIZES.central, offset + SIZES.central + nameLength);
  const attributes = view.getUint32(offset + 38, true) >>> 16;
  const hasMode = UNIX_SYSTEMS.includes(view.getUint8(offset + 5)) && attributes !== 0;
  const entry: DirectoryEntry = {
    path: decodeName(name, where),
    mode: hasMode ? attributes & 0o777 : 0o644,
    crc: view.getUint32(offset + 16, true),
    method: view.getUint16(offset + 10, true),
    size: view.getUint32(offset + 24, true),
    compressedSize: view.getUint32(offset + 20, true),
    local: view.getUint32(offset + 42, true),
    name,
  };
  checkEntry(entry, view.getUint16(offset + 8, true), attributes & TYPES.mask, where);
  return entry;
}

/**
 * Reads the central directory of a zip and refuses what is unsafe by its declaration, before anything is inflated.
 *
 * @param base - offset in the zip at which `bytes` begin, which go to its end
 * @throws `SLUICE_ZIP_INVALID`, `SLUICE_ZIP_UNSAFE`
 */
export function readDirectory(
  bytes: Uint8Array,
  where: string,
  base = 0,
): { entries: DirectoryEntry[]; start: number } {
  const view = viewOf(bytes);
  const end = findEnd(view, where);
  const count = view.getUint16(end + 10, true);
  const declared = view.getUint32(end + 16, true);
  const start = declared - base;
  if (count > MAXIMUM_FILES || declared === 0xffffffff)
    throw artifactErrors.zipInvalid(where, "it needs ZIP64");
  if (view.getUint16(end + 8, true) !== count)
    throw artifactErrors.zipInvalid(where, "it is one of several parts");
  if (start < 0 || start + view.getUint32(end + 12, true) !== end)
    throw artifactErrors.zipInvalid(where, "its directory is not where its end record says");
  const entries: DirectoryEntry[] = [];
  let offset = start;
  for (let index = 0; index < count; index += 1) {
    const fits = offset + SIZES.central <= end && view.getUint32(offset, true) === SIGNATURES.central;
    const variable = fits ? [28, 30, 32].reduce((sum, at) => sum + view.getUint16(offset + at, true), 0) : 0;
    if (!fits || offset + SIZES.central + variable > end)
      throw artifactErrors.zipInvalid(where, "its directory is damaged");
    entries.push(readEntry(bytes, offset, where));
    offset += SIZES.central + variable;
  }
  if (offset !== end) throw artifactErrors.zipInvalid(where, "its directory is longer than its entries");
  return { entries, start };
}

import { findEnd, readDirectory, viewOf } from "./zip-directory.ts";

/** A file of a zip as its directory has it. */
export interface ZipListing {
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** CRC-32 of the content: tells files apart, and proves nothing. */
  readonly crc: number;
}

/** Gives bytes of a file that is elsewhere, from one offset up to another. */
export type ReadRange = (from: number, to: number) => Promise<Uint8Array>;

/** Bytes of a tail that most directories are in. */
const TAIL = 128 * 1024;

/**
 * The files of a zip by its directory; nothing is inflated.
 *
 * @throws `SLUICE_ZIP_INVALID`, `SLUICE_ZIP_UNSAFE`
 */
export function listZip(bytes: Uint8Array, where: string, base = 0): ZipListing[] {
  const { entries } = readDirectory(bytes, where, base);
  return entries.flatMap(({ path, size, crc }) => (path.endsWith("/") ? [] : [{ path, size, crc }]));
}

/**
 * The same of a zip that is elsewhere: its tail is read, and what of the directory stands before that.
 *
 * @param size - bytes of the zip
 * @throws what `read` and {@link listZip} throw
 */
export async function listRemoteZip(read: ReadRange, size: number, where: string): Promise<ZipListing[]> {
  const base = Math.max(0, size - TAIL);
  const tail = await read(base, size);
  const start = viewOf(tail).getUint32(findEnd(viewOf(tail), where) + 16, true);
  if (start >= base) return listZip(tail, where, base);
  return listZip(Buffer.concat([await read(start, base), tail]), where, start);
}

/** The parts of the zip format that both the writer and the reader need (PKWARE APPNOTE 6.3.10). */
export const SIGNATURES = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;

/** Bytes of each header without its variable parts. */
export const SIZES = { local: 30, central: 46, end: 22 } as const;

export const METHODS = { stored: 0, deflated: 8 } as const;

/** General purpose bits. */
export const FLAGS = { encrypted: 0x0001, strongEncryption: 0x0040, utf8: 0x0800 } as const;

/** The most files that the end record can count without ZIP64, whose marker is 65,535. */
export const MAXIMUM_FILES = 65_534;

/** Bytes of all files unzipped, layers included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAXIMUM_UNZIPPED_BYTES = 262_144_000;

/** MS-DOS date and time of 1980-01-01 00:00:00, the format's zero: local by definition, so no time zone bears on it. */
const DATE = 0x0021;
const TIME = 0;
/** Version 2.0 is what folders and deflate need. */
const VERSION = 20;
/** In the upper byte of "version made by": then the upper half of the external attributes is a Unix mode. */
const UNIX = 3 << 8;
/** S_IFREG of stat(2). */
const REGULAR_FILE = 0o100000;

/** A file as it stands in a zip. */
export interface PackedFile {
  readonly name: Uint8Array;
  readonly mode: number;
  readonly crc: number;
  readonly method: number;
  readonly size: number;
  /** Compressed bytes, or the file's own when stored. */
  readonly data: Uint8Array;
}

/** The 26 bytes that the local and the central header share, from "version needed" to the length of the extra field. */
function writeShared(view: DataView, offset: number, file: PackedFile): void {
  view.setUint16(offset, VERSION, true);
  view.setUint16(offset + 2, FLAGS.utf8, true);
  view.setUint16(offset + 4, file.method, true);
  view.setUint16(offset + 6, TIME, true);
  view.setUint16(offset + 8, DATE, true);
  view.setUint32(offset + 10, file.crc, true);
  view.setUint32(offset + 14, file.data.length, true);
  view.setUint32(offset + 18, file.size, true);
  view.setUint16(offset + 22, file.name.length, true);
}

function writeEnd(view: DataView, offset: number, count: number, start: number): void {
  view.setUint32(offset, SIGNATURES.end, true);
  view.setUint16(offset + 8, count, true);
  view.setUint16(offset + 10, count, true);
  view.setUint32(offset + 12, offset - start, true);
  view.setUint32(offset + 16, start, true);
}

/** Lays `files` out in their order: local headers with data, the central directory, the end record; no extra fields. */
export function layOut(files: readonly PackedFile[]): Uint8Array {
  const start = files.reduce((sum, file) => sum + SIZES.local + file.name.length + file.data.length, 0);
  const directory = files.reduce((sum, file) => sum + SIZES.central + file.name.length, 0);
  const bytes = new Uint8Array(start + directory + SIZES.end);
  const view = new DataView(bytes.buffer);
  let local = 0;
  let central = start;
  for (const file of files) {
    view.setUint32(central, SIGNATURES.central, true);
    view.setUint16(central + 4, UNIX | VERSION, true);
    writeShared(view, central + 6, file);
    view.setUint32(central + 38, ((REGULAR_FILE | file.mode) << 16) >>> 0, true);
    view.setUint32(central + 42, local, true);
    bytes.set(file.name, central + SIZES.central);
    central += SIZES.central + file.name.length;
    view.setUint32(local, SIGNATURES.local, true);
    writeShared(view, local + 4, file);
    bytes.set(file.name, local + SIZES.local);
    bytes.set(file.data, local + SIZES.local + file.name.length);
    local += SIZES.local + file.name.length + file.data.length;
  }
  writeEnd(view, central, files.length, start);
  return bytes;
}

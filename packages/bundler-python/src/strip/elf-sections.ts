/** A section of an ELF file, as its header has it ("System V ABI", chapter 4, section header). */
export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** Bytes from the file's start. */
  readonly offset: number;
  /** Bytes; those of a section without bytes in the file (`.bss`) count nothing there. */
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  /** Where the header stands, in bytes from the file's start. */
  readonly header: number;
}

/** Bytes `start` up to `end`, which is not part of it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ElfFile {
  readonly sections: readonly Section[];
  /** The table of section headers. */
  readonly table: Range;
  /** Index of the section that holds the sections' names. */
  readonly names: number;
  /** What the program headers cover, and these and the ELF header themselves. */
  readonly segments: readonly Range[];
}

export const TYPES = { null: 0, symbols: 2, rela: 4, nobits: 8, rel: 9 } as const;
export const FLAGS = { alloc: 0x2, infoLink: 0x40 } as const;
export const HEADER_SIZES = { file: 64, segment: 56, section: 64 } as const;
/** Of the fields in the ELF header that tell about sections. */
export const FIELDS = { tableOffset: 0x28, sectionCount: 0x3c, names: 0x3e } as const;

const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const EXECUTABLE = 2;
const SHARED_OBJECT = 3;
/** From here on section numbers have other meanings ("Special Section Indexes"). */
const FIRST_RESERVED = 0xff00;

/** Thrown inside of this module for what cannot be so in an ordinary file. */
const UNUSUAL: unique symbol = Symbol("unusual");

class Reader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  half(at: number): number {
    return this.#view.getUint16(at, true);
  }

  word(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** @throws when it is more than the file has bytes, whatever it counts */
  long(at: number): number {
    const value = this.#view.getBigUint64(at, true);
    if (value > BigInt(this.#view.byteLength)) throw UNUSUAL;
    return Number(value);
  }

  range(start: number, size: number): Range {
    if (start + size > this.#view.byteLength) throw UNUSUAL;
    return { start, end: start + size };
  }
}

/** The text up to the next zero byte. */
function textAt(bytes: Uint8Array, at: number, limit: number): string {
  const end = bytes.indexOf(0, at);
  if (at >= limit || end === -1 || end >= limit) throw UNUSUAL;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString("latin1");
}

function readSegments(reader: Reader): Range[] {
  const start = reader.long(0x20);
  const count = reader.half(0x38);
  if (count === 0 || reader.half(0x36) !== HEADER_SIZES.segment) throw UNUSUAL;
  const own = reader.range(start, count * HEADER_SIZES.segment);
  const segments = Array.from({ length: count }, (_, index) => {
    const at = start + index * HEADER_SIZES.segment;
    return reader.range(reader.long(at + 0x08), reader.long(at + 0x20));
  });
  return [{ start: 0, end: HEADER_SIZES.file }, own, ...segments.filter(({ start, end }) => end > start)];
}

function readSection(reader: Reader, index: number, header: number): Omit<Section, "name"> {
  const type = reader.word(header + 4);
  // A section without bytes in the file may be bigger than the file is.
  const size = type === TYPES.nobits ? 0 : reader.long(header + 0x20);
  const offset = type === TYPES.nobits ? 0 : reader.long(header + 0x18);
  reader.range(offset, size);
  return {
    ...{ index, header, type, offset, size },
    flags: reader.word(header + 8),
    link: reader.word(header + 0x28),
    info: reader.word(header + 0x2c),
    alignment: reader.long(header + 0x30),
  };
}

function readFile(bytes: Uint8Array): ElfFile {
  const reader = new Reader(bytes);
  const type = reader.half(0x10);
  const count = reader.half(FIELDS.sectionCount);
  const names = reader.half(FIELDS.names);
  if (type !== EXECUTABLE && type !== SHARED_OBJECT) throw UNUSUAL;
  if (reader.half(0x3a) !== HEADER_SIZES.section || count >= FIRST_RESERVED || names >= count) throw UNUSUAL;
  const start = reader.long(FIELDS.tableOffset);
  const table = reader.range(start, count * HEADER_SIZES.section);
  const found = Array.from({ length: count }, (_, index) =>
    readSection(reader, index, start + index * HEADER_SIZES.section),
  );
  const strings = found[names];
  if (strings === undefined || strings.size === 0) throw UNUSUAL;
  const sections = found.map((section) => {
    const at = strings.offset + reader.word(section.header);
    return { ...section, name: textAt(bytes, at, strings.offset + strings.size) };
  });
  return { sections, table, names, segments: readSegments(reader) };
}

/**
 * Reads an executable or shared object of 64 bits, little-endian.
 *
 * @returns `null` for any other file, and for one that is not as linkers make them
 */
export function readElf(bytes: Uint8Array): ElfFile | null {
  if (bytes.length < HEADER_SIZES.file) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC || bytes[4] !== CLASS_64 || bytes[5] !== LITTLE_ENDIAN) return null;
  try {
    return readFile(bytes);
  } catch (error) {
    if (error === UNUSUAL || error instanceof RangeError) return null;
    throw error;
  }
}

import {
  type ElfFile,
  FIELDS,
  FLAGS,
  HEADER_SIZES,
  type Range,
  readElf,
  type Section,
  TYPES,
} from "./elf-sections.ts";

/** What debuggers and linkers read, and nothing that loads or runs the file. */
const FOR_DEBUGGERS = /^\.(?:z?debug_|gnu\.debuglto_|gdb_index$|symtab$|strtab$|symtab_shndx$|comment$|stab)/;

/** Bytes. For less, as a compiler's comment alone, the file keeps the stream that it has in its wheel. */
const WORTHWHILE = 1024;

/** Sections that go: never one that is loaded, nor the one that holds the names. */
function removable({ sections, names }: ElfFile): Set<number> {
  const isRemovable = ({ index, name, flags }: Section): boolean =>
    (flags & FLAGS.alloc) === 0 && index !== names && FOR_DEBUGGERS.test(name);
  const removed = new Set(sections.filter(isRemovable).map(({ index }) => index));
  for (const { index, type, flags, info } of sections) {
    // Relocations of what goes, as `ld --emit-relocs` leaves them.
    const isRelocation = type === TYPES.rela || type === TYPES.rel;
    if (isRelocation && (flags & FLAGS.alloc) === 0 && removed.has(info)) removed.add(index);
  }
  return removed;
}

function rangeOf({ offset, size }: Section): Range {
  return { start: offset, end: offset + size };
}

function overlaps(one: Range, other: Range): boolean {
  return one.start < other.end && other.start < one.end;
}

interface Layout {
  /** Up to here the file stays as it is, but for what is wiped: all that is loaded ends before. */
  readonly base: number;
  /** Sections behind it that stay, in the order of the file, with where they go. */
  readonly moved: ReadonlyMap<Section, number>;
  /** Before `base`, and nobody's any more. Tools like patchelf put what is loaded behind what is not. */
  readonly wiped: readonly Range[];
  /** Where the table of section headers goes: a multiple of 8. */
  readonly table: number;
}

function align(offset: number, alignment: number): number {
  return Math.ceil(offset / Math.max(1, alignment)) * Math.max(1, alignment);
}

/** Whether what no section and no header covers, from `base` on, is only padding: data that was appended has to stay. */
function isPadded(bytes: Uint8Array, base: number, covered: readonly Range[]): boolean {
  let at = base;
  const isZero = (end: number): boolean => {
    for (; at < end; at++) if (bytes[at] !== 0) return false;
    return true;
  };
  for (const { start, end } of covered.toSorted((one, other) => one.start - other.start)) {
    if (!isZero(start)) return false;
    at = Math.max(at, end);
  }
  return isZero(bytes.length);
}

/** @returns `null` when parts of the file lie across each other in a way that linkers do not make */
function layOut(bytes: Uint8Array, elf: ElfFile, removed: ReadonlySet<number>): Layout | null {
  const inFile = elf.sections.filter(({ type, size }) => type !== TYPES.null && size > 0);
  const kept = inFile.filter(({ index }) => !removed.has(index));
  const loaded = kept.filter(({ flags }) => (flags & FLAGS.alloc) !== 0).map(rangeOf);
  const fixed = [...elf.segments, ...loaded];
  const base = Math.max(...fixed.map(({ end }) => end));
  const behind = kept.filter(({ offset }) => offset >= base);
  const staying = [...fixed, ...kept.filter(({ offset }) => offset < base).map(rangeOf)];
  const leaving = [...inFile.filter(({ index }) => removed.has(index)).map(rangeOf), elf.table];
  const crosses = staying.some(({ start, end }) => start < base && end > base);
  if (crosses || !isPadded(bytes, base, [...inFile.map(rangeOf), elf.table])) return null;
  const moved = new Map<Section, number>();
  let end = base;
  for (const section of behind.toSorted((one, other) => one.offset - other.offset)) {
    const at = align(end, section.alignment);
    moved.set(section, at);
    end = at + section.size;
  }
  const free = leaving.filter((range) => range.start < base && !staying.some((one) => overlaps(one, range)));
  // A section that goes and lies in a segment is no ordinary one.
  const isOdd = leaving.some((range) => range !== elf.table && range.start < base && !free.includes(range));
  const hasOdd = leaving.some((range) => range.start < base && range.end > base);
  return isOdd || hasOdd ? null : { base, moved, wiped: free, table: align(end, 8) };
}

/**
 * The new number of each section. The dynamic symbols name sections by number, and they are loaded: so up to the last section
 * that is loaded every header keeps its number, and one that goes is marked as unused.
 */
function renumber(sections: readonly Section[], removed: ReadonlySet<number>): Map<number, number> {
  const lastLoaded = sections.findLastIndex(({ flags }) => (flags & FLAGS.alloc) !== 0);
  const numbers = new Map<number, number>();
  let next = 0;
  for (const { index } of sections) {
    if (!removed.has(index)) numbers.set(index, next);
    if (!removed.has(index) || index < lastLoaded) next++;
  }
  return numbers;
}

/** @returns `null` when a section that stays needs one that goes */
function writeTable(
  bytes: Uint8Array,
  sections: readonly Section[],
  numbers: ReadonlyMap<number, number>,
  { moved }: Layout,
): Uint8Array | null {
  const count = Math.max(...numbers.values()) + 1;
  const table = new Uint8Array(count * HEADER_SIZES.section);
  const view = new DataView(table.buffer);
  for (const section of sections) {
    const number = numbers.get(section.index);
    if (number === undefined) continue;
    const at = number * HEADER_SIZES.section;
    table.set(bytes.subarray(section.header, section.header + HEADER_SIZES.section), at);
    const isRelocation = section.type === TYPES.rela || section.type === TYPES.rel;
    const infoIsSection = isRelocation || (section.flags & FLAGS.infoLink) !== 0;
    const link = numbers.get(section.link);
    const info = infoIsSection ? numbers.get(section.info) : section.info;
    if (link === undefined || info === undefined) return null;
    view.setUint32(at + 0x28, link, true);
    view.setUint32(at + 0x2c, info, true);
    const offset = moved.get(section);
    if (offset !== undefined) view.setBigUint64(at + 0x18, BigInt(offset), true);
  }
  return table;
}

function assemble(bytes: Uint8Array, layout: Layout, table: Uint8Array, names: number): Uint8Array {
  const result = new Uint8Array(layout.table + table.length);
  result.set(bytes.subarray(0, layout.base));
  for (const { start, end } of layout.wiped) result.fill(0, start, end);
  for (const [{ offset, size }, at] of layout.moved) result.set(bytes.subarray(offset, offset + size), at);
  result.set(table, layout.table);
  const view = new DataView(result.buffer);
  view.setBigUint64(FIELDS.tableOffset, BigInt(layout.table), true);
  view.setUint16(FIELDS.sectionCount, table.length / HEADER_SIZES.section, true);
  view.setUint16(FIELDS.names, names, true);
  return result;
}

/**
 * Takes debug information, the symbol table that only linkers and debuggers read, and compilers' comments out of a shared
 * object or executable (ELF, 64 bits, little-endian). Program headers and every byte that they cover stay as they are and
 * where they are; dynamic symbols are among them.
 *
 * @returns `bytes` itself for any other file, when there is nothing to gain, and for a file that is not as linkers make them
 */
export function stripDebug(bytes: Uint8Array): Uint8Array {
  const elf = readElf(bytes);
  if (elf === null) return bytes;
  const removed = removable(elf);
  if (removed.size === 0) return bytes;
  const layout = layOut(bytes, elf, removed);
  if (layout === null) return bytes;
  const numbers = renumber(elf.sections, removed);
  const table = writeTable(bytes, elf.sections, numbers, layout);
  const names = numbers.get(elf.names);
  if (table === null || names === undefined) return bytes;
  const wiped = layout.wiped.reduce((sum, { start, end }) => sum + end - start, 0);
  const saved = bytes.length - (layout.table + table.length) + wiped;
  return saved < WORTHWHILE ? bytes : assemble(bytes, layout, table, names);
}

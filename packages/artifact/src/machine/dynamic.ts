/** What an ELF file asks of the system that loads it. */
export interface DynamicNeeds {
  /** Path of the loader that an executable names, as `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter: string | null;
  /** Names of shared libraries, as `libc.so.6`. */
  readonly libraries: readonly string[];
  /** Symbol versions of libraries, as `GLIBC_2.28`. */
  readonly versions: readonly string[];
}

/** Program header types and tags of the dynamic section (System V ABI, "Program Header"; LSB, "Symbol Versioning"). */
const PT = { load: 1, dynamic: 2, interpreter: 3 };
const DT = { needed: 1n, strings: 5n, versions: 0x6ffffffen, versionCount: 0x6fffffffn };

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** The program headers of a 64-bit ELF file: Lambda has no other. */
function segmentsOf(view: DataView, little: boolean): Segment[] {
  const at = Number(view.getBigUint64(32, little));
  const size = view.getUint16(54, little);
  const count = view.getUint16(56, little);
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const header = at + index * size;
    segments.push({
      type: view.getUint32(header, little),
      offset: Number(view.getBigUint64(header + 8, little)),
      address: Number(view.getBigUint64(header + 16, little)),
      size: Number(view.getBigUint64(header + 32, little)),
    });
  }
  return segments;
}

function textAt(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  return Buffer.from(bytes.subarray(at, end < 0 ? bytes.length : end)).toString("latin1");
}

/** The entries of the dynamic section, in order. */
function dynamicEntries(view: DataView, little: boolean, segment: Segment): [tag: bigint, value: bigint][] {
  const entries: [bigint, bigint][] = [];
  for (let at = segment.offset; at + 16 <= segment.offset + segment.size; at += 16) {
    const tag = view.getBigUint64(at, little);
    if (tag === 0n) break;
    entries.push([tag, view.getBigUint64(at + 8, little)]);
  }
  return entries;
}

/** Names of the versions in the `Verneed` records, which form chains of offsets. */
function neededVersions(view: DataView, little: boolean, start: number, count: number): number[] {
  const names: number[] = [];
  for (let at = start, left = count; left > 0; left--) {
    let entry = at + view.getUint32(at + 8, little);
    for (let entries = view.getUint16(at + 2, little); entries > 0; entries--) {
      // VER_FLG_WEAK: loaded without it, too.
      if ((view.getUint16(entry + 4, little) & 2) === 0) names.push(view.getUint32(entry + 8, little));
      entry += view.getUint32(entry + 12, little);
    }
    at += view.getUint32(at + 12, little);
  }
  return names;
}

/** Reads what a 64-bit ELF file needs to be loaded; `null` for other files, and for one that is cut off or made up. */
export function dynamicNeeds(bytes: Uint8Array): DynamicNeeds | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46 || view.getUint8(4) !== 2) return null;
  try {
    return readNeeds(bytes, view, view.getUint8(5) === 1);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readNeeds(bytes: Uint8Array, view: DataView, little: boolean): DynamicNeeds {
  const segments = segmentsOf(view, little);
  const fileOffset = (address: number): number => {
    const home = segments.find(
      ({ type, address: from, size }) => type === PT.load && from <= address && address < from + size,
    );
    if (home === undefined) throw new RangeError("an address outside of the file");
    return address - home.address + home.offset;
  };
  const named = segments.find(({ type }) => type === PT.interpreter);
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  const entries = dynamic === undefined ? [] : dynamicEntries(view, little, dynamic);
  const entryOf = (wanted: bigint): number | null => {
    const entry = entries.find(([tag]) => tag === wanted);
    return entry === undefined ? null : Number(entry[1]);
  };
  const strings = entryOf(DT.strings);
  const names = (offsets: readonly number[]): string[] =>
    strings === null ? [] : offsets.map((offset) => textAt(bytes, fileOffset(strings) + offset));
  const versions = entryOf(DT.versions);
  return {
    interpreter: named === undefined ? null : textAt(bytes, named.offset),
    libraries: names(entries.filter(([tag]) => tag === DT.needed).map(([, value]) => Number(value))),
    versions:
      versions === null
        ? []
        : names(neededVersions(view, little, fileOffset(versions), entryOf(DT.versionCount) ?? 0)),
  };
}

import type { Architecture } from "@sluice/core";

/** The header of an ELF file for an architecture, little-endian, 64 bits. */
export function elf(architecture: Architecture): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF", "latin1");
  header.writeUInt8(2, 4);
  header.writeUInt8(1, 5);
  header.writeUInt16LE(architecture === "x86_64" ? 62 : 183, 18);
  return header;
}

/** What a small shared library asks for. */
export interface ElfNeeds {
  readonly libraries?: readonly string[];
  /** Version names of the first library, as `GLIBC_2.28`. */
  readonly versions?: readonly string[];
  readonly interpreter?: string;
  /** Text anywhere in the file, as symbol names stand in it. */
  readonly text?: string;
}

/** Where the dynamic section of {@link elfLibrary} begins: behind the header and three program headers. */
const DYNAMIC_AT = 64 + 3 * 56;

/** A shared library with a dynamic section that can be read, in the layout that linkers give: addresses are offsets. */
export function elfLibrary(architecture: Architecture, needs: ElfNeeds): Buffer {
  const libraries = needs.libraries ?? ["libc.so.6"];
  const versions = needs.versions ?? [];
  const texts = ["", ...libraries, ...versions, needs.interpreter ?? "", needs.text ?? ""];
  const strings = Buffer.from(texts.map((text) => `${text}\0`).join(""), "latin1");
  const offsetOf = (text: string): number => strings.indexOf(`${text}\0`, text === "" ? 0 : 1);
  const entries: [number, number][] = libraries.map((library) => [1, offsetOf(library)]);
  const verneedAt = DYNAMIC_AT + (libraries.length + 4) * 16;
  const stringsAt = verneedAt + 16 + versions.length * 16;
  entries.push([5, stringsAt]);
  if (versions.length > 0) entries.push([0x6ffffffe, verneedAt], [0x6fffffff, 1]);
  const file = Buffer.concat([elf(architecture), Buffer.alloc(stringsAt - 64), strings]);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(needs.interpreter === undefined ? 2 : 3, 56);
  const segments = [
    [1, 0, file.length],
    [2, DYNAMIC_AT, (entries.length + 1) * 16],
    [3, stringsAt + offsetOf(needs.interpreter ?? ""), 1],
  ] as const;
  for (const [index, [type, offset, size]] of segments.entries()) {
    file.writeUInt32LE(type, 64 + index * 56);
    for (const at of [8, 16]) file.writeBigUInt64LE(BigInt(offset), 64 + index * 56 + at);
    file.writeBigUInt64LE(BigInt(size), 64 + index * 56 + 32);
  }
  for (const [index, [tag, value]] of entries.entries()) {
    file.writeBigUInt64LE(BigInt(tag), DYNAMIC_AT + index * 16);
    file.writeBigUInt64LE(BigInt(value), DYNAMIC_AT + index * 16 + 8);
  }
  file.writeUInt16LE(versions.length, verneedAt + 2);
  file.writeUInt32LE(16, verneedAt + 8);
  for (const [index, version] of versions.entries()) {
    const at = verneedAt + 16 + index * 16;
    file.writeUInt32LE(offsetOf(version), at + 8);
    file.writeUInt32LE(16, at + 12);
  }
  return file;
}

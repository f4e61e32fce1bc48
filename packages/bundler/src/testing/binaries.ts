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

import type { Architecture } from "@sluice/core";

/** What a binary file was built for. */
export type Machine =
  | { readonly kind: "linux"; readonly architecture: Architecture }
  /** A machine that no function runs on, in words. */
  | { readonly kind: "foreign"; readonly name: string };

/** `e_machine` of the ELF header (System V ABI, "ELF Header"). */
const MACHINES: Readonly<Record<number, Architecture>> = { 62: "x86_64", 183: "arm64" };

/** First four bytes of a Mach-O file in either byte order and width, and of a universal one (`mach-o/loader.h`, `fat.h`). */
const MACH_O = new Set(["feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe"]);

/**
 * Reads from the first 20 bytes of a file for which machine it was built; `null` when it is no executable, or Java's
 * class file, which has the same first bytes as a universal Mach-O.
 *
 * @param expected - whether the file's name says that it is a native binary, which rules out a class file
 */
export function machineOf(bytes: Uint8Array, expected: boolean): Machine | null {
  if (bytes.length < 20) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 20);
  const magic = view.getUint32(0).toString(16).padStart(8, "0");
  if (magic === "7f454c46") {
    // EI_DATA: 1 is little-endian, 2 is big-endian.
    const machine = view.getUint16(18, view.getUint8(5) === 1);
    const architecture = MACHINES[machine];
    if (architecture !== undefined) return { kind: "linux", architecture };
    return { kind: "foreign", name: `another processor (ELF machine ${machine})` };
  }
  if (!expected) return null;
  if (MACH_O.has(magic)) return { kind: "foreign", name: "macOS" };
  if (magic.startsWith("4d5a")) return { kind: "foreign", name: "Windows" };
  return null;
}

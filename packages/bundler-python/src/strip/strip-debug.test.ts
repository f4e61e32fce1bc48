import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { anyPython } from "../check/find-python.ts";
import { type ElfFile, readElf } from "./elf-sections.ts";
import { stripDebug } from "./strip-debug.ts";

const ALLOC = 2;

interface Part {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly content: string | Uint8Array;
  readonly link?: number;
  readonly info?: number;
}

const TEXT: Part = { name: ".text", flags: ALLOC, content: "the code that is loaded" };
const DYNSYM: Part = {
  name: ".dynsym",
  type: 11,
  flags: ALLOC,
  content: new Uint8Array(48),
  link: 3,
  info: 1,
};
const DYNSTR: Part = { name: ".dynstr", type: 3, flags: ALLOC, content: "\0name\0" };
const DEBUG: Part = { name: ".debug_info", content: new Uint8Array(5000).fill(7) };
const SYMTAB: Part = { name: ".symtab", type: 2, content: new Uint8Array(2400).fill(9), link: 7 };
const STRTAB: Part = { name: ".strtab", type: 3, content: "\0symbol\0" };
const NOTE: Part = { name: ".note.tool", type: 7, content: "kept as it is" };

/** A shared object of `parts`, with one segment that covers what is loaded, from the first such part to the last. */
function makeElf(parts: readonly Part[]): Uint8Array {
  const names = ["", ...parts.map(({ name }) => name), ".shstrtab"].map((name) => `${name}\0`);
  const all: Part[] = [...parts, { name: ".shstrtab", type: 3, content: names.join("") }];
  const chunks: Buffer[] = [Buffer.alloc(64 + 2 * 56)];
  let size = 64 + 2 * 56;
  const headers = all.map((part, index) => {
    const padding = Buffer.alloc((8 - (size % 8)) % 8);
    const content = Buffer.from(part.content);
    const at = size + padding.length;
    chunks.push(padding, content);
    size = at + content.length;
    const header = Buffer.alloc(64);
    header.writeUInt32LE(names.slice(0, index + 1).join("").length, 0);
    header.writeUInt32LE(part.type ?? 1, 4);
    header.writeBigUInt64LE(BigInt(part.flags ?? 0), 8);
    for (const [where, value] of [
      [24, at],
      [32, content.length],
      [48, 8],
    ] as const)
      header.writeBigUInt64LE(BigInt(value), where);
    header.writeUInt32LE(part.link ?? 0, 40);
    header.writeUInt32LE(part.info ?? 0, 44);
    return { header, range: [at, size] as const, isLoaded: part.flags === ALLOC };
  });
  const padding = Buffer.alloc((8 - (size % 8)) % 8);
  const file = Buffer.concat([...chunks, padding, Buffer.alloc(64), ...headers.map(({ header }) => header)]);
  const loaded = headers.filter(({ isLoaded }) => isLoaded).map(({ range }) => range);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  for (const [at, value] of [
    [16, 3],
    [18, 62],
    [54, 56],
    [56, 2],
    [58, 64],
    [60, all.length + 1],
    [62, all.length],
  ] as const)
    file.writeUInt16LE(value, at);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(BigInt(size + padding.length), 40);
  for (const [index, [start, end]] of [loaded[0] ?? [0, 0], loaded.at(-1) ?? [0, 0]].entries()) {
    file.writeUInt32LE(1, 64 + index * 56);
    file.writeBigUInt64LE(BigInt(start), 64 + index * 56 + 8);
    file.writeBigUInt64LE(BigInt(end - start), 64 + index * 56 + 32);
  }
  return file;
}

function read(bytes: Uint8Array): ElfFile {
  const elf = readElf(bytes);
  if (elf === null) throw new Error("not readable");
  return elf;
}

function contentOf(bytes: Uint8Array, name: string): string | undefined {
  const found = read(bytes).sections.find((section) => section.name === name);
  return found && Buffer.from(bytes.subarray(found.offset, found.offset + found.size)).toString("latin1");
}

const USUAL = [TEXT, DYNSYM, DYNSTR, NOTE, DEBUG, SYMTAB, STRTAB];

describe("stripDebug", () => {
  it("takes out what only debuggers and linkers read, and numbers the rest anew", () => {
    const before = makeElf(USUAL);
    const after = stripDebug(before);
    const elf = read(after);
    expect(elf.sections.map(({ name }) => name)).toEqual([
      "",
      ".text",
      ".dynsym",
      ".dynstr",
      ".note.tool",
      ".shstrtab",
    ]);
    expect(elf.names).toBe(5);
    expect(elf.sections[2]).toMatchObject({ link: 3, info: 1 });
    expect(contentOf(after, ".note.tool")).toBe("kept as it is");
    expect(contentOf(after, ".text")).toBe("the code that is loaded");
    expect(before.length - after.length).toBeGreaterThan(7400);
    expect(elf.segments).toEqual(read(before).segments);
    for (const { start, end } of elf.segments.slice(1))
      expect(Buffer.from(after.subarray(start, end))).toEqual(Buffer.from(before.subarray(start, end)));
    expect(stripDebug(after)).toBe(after);
    expect(stripDebug(before)).toEqual(after);
  });

  it("keeps the numbers of what is loaded, and its place, when that stands behind", () => {
    // patchelf moves `.dynstr` to the file's end, behind what is not loaded.
    const before = makeElf([TEXT, { ...DYNSYM, link: 6 }, DEBUG, SYMTAB, STRTAB, DYNSTR]);
    const after = stripDebug(before);
    expect(read(after).sections.map(({ name, type }) => (type === 0 ? null : name))).toEqual([
      ...[null, ".text", ".dynsym", null, null, null, ".dynstr", ".shstrtab"],
    ]);
    expect(read(after).sections[6]?.offset).toBe(read(before).sections[6]?.offset);
    expect(contentOf(after, ".dynstr")).toBe("\0name\0");
    expect(Buffer.from(after).includes(Buffer.alloc(32, 7))).toBe(false);
    expect(stripDebug(after)).toBe(after);
  });

  it("gives back the very same bytes when there is nothing to gain or something is unusual", () => {
    const usual = makeElf(USUAL);
    const changed = (at: number, value: number): Uint8Array => {
      const bytes = Uint8Array.from(usual);
      bytes[at] = value;
      return bytes;
    };
    const odd: Record<string, Uint8Array> = {
      "no ELF": Buffer.from("#!/bin/sh"),
      empty: new Uint8Array(),
      "nothing to strip": makeElf([TEXT, NOTE]),
      "a compiler's comment": makeElf([TEXT, { name: ".comment", content: "GCC" }]),
      "32 bits": changed(4, 1),
      "big-endian": changed(5, 2),
      "an object file": changed(16, 1),
      "section headers of another size": changed(58, 40),
      "a table beyond the end": changed(42, 0xff),
      "no program headers": changed(56, 0),
      "cut off": usual.subarray(0, usual.length - 10),
      "data behind": Buffer.concat([usual, Buffer.from("PK\x05\x06 an archive")]),
      "kept for one that goes": makeElf([TEXT, DEBUG, { ...NOTE, link: 2 }]),
      "a loaded section of that name": makeElf([TEXT, { ...DEBUG, flags: ALLOC }]),
    };
    for (const [what, bytes] of Object.entries(odd)) expect(stripDebug(bytes) === bytes, what).toBe(true);
    expect(stripDebug(usual) === usual).toBe(false);
  });

  it("never fails, whatever byte of the headers is wrong", () => {
    const usual = makeElf(USUAL);
    const { table } = read(usual);
    for (let at = 0; at < usual.length; at++) {
      if (at >= 176 && at < table.start) continue;
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = Uint8Array.from(usual);
        bytes[at] = value;
        expect(stripDebug(bytes).length).toBeLessThanOrEqual(bytes.length + 64);
      }
    }
  });

  it("leaves what Python loads", { timeout: 120_000 }, async () => {
    const python = await anyPython({ env: process.env, signal: new AbortController().signal });
    if (python === null) throw new Error("The tests need a Python.");
    const run = (script: string): string =>
      execFileSync(python.path, ["-I", "-c", script], { encoding: "utf8" }).trim();
    const folder = run("import sysconfig; print(sysconfig.get_config_var('DESTSHARED') or '')");
    const names =
      folder === "" ? [] : readdirSync(folder).filter((name) => /^_(json|struct|csv|bisect)\./.test(name));
    await using fixture = await createFixture({});
    for (const name of names) {
      const stripped = stripDebug(readFileSync(join(folder, name)));
      expect(read(stripped).sections.map((section) => section.name)).not.toContain(".debug_info");
      await fixture.writeFile(name, Buffer.from(stripped));
    }
    const modules = names.map((name) => name.split(".")[0]);
    const told = run(
      `import sys; sys.path.insert(0, ${JSON.stringify(fixture.path)}); import importlib, json
names = ${JSON.stringify(modules)}
for name in names: sys.modules.pop(name, None)
print(json.dumps([importlib.import_module(name).__file__ for name in names]))`,
    );
    expect(JSON.parse(told)).toEqual(names.map((name) => join(fixture.path, name)));
  });
});

import { execFileSync } from "node:child_process";
import { isSluiceError } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { adoptZip, measureZip, readZip, readZipStreams } from "./read-zip.ts";
import { createZip } from "./zip.ts";
import { layOut, MAXIMUM_UNZIPPED_BYTES, type PackedFile } from "./zip-format.ts";

/** A zip by another implementation: `body` is Python that writes to the ZipFile `z` in the file `path`. */
async function byPython(body: string): Promise<Uint8Array> {
  await using fixture = await createFixture();
  const script = `
import io, stat, sys, warnings, zipfile
from zipfile import ZipInfo
warnings.simplefilter("ignore")
path = sys.argv[1]
def info(name, mode):
  i = ZipInfo(name)
  i.external_attr = mode << 16
  return i
z = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
${body}
z.close()`;
  execFileSync("python3", ["-c", script, fixture.getPath("a.zip")]);
  return new Uint8Array(await fixture.readFile("a.zip"));
}

function failureOf(bytes: Uint8Array): string {
  try {
    readZip(bytes, "orders.zip");
  } catch (error) {
    return isSluiceError(error)
      ? `${error.code} ${error.message} at ${error.problems[0].where}`
      : `unexpected: ${error}`;
  }
  return "accepted";
}

const packed = (name: string, data: string, more: Partial<PackedFile> = {}): PackedFile => ({
  name: Buffer.from(name),
  mode: 0o644,
  crc: 0,
  method: 0,
  size: data.length,
  data: Buffer.from(data),
  ...more,
});

/** Changes 16 or 32 bits of the first header with this signature. */
function patch(
  bytes: Uint8Array,
  signature: string,
  offset: number,
  value: number,
  bits: 16 | 32,
): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(Buffer.from(signature, "latin1")) + offset;
  if (bits === 16) copy.writeUInt16LE(value, at);
  else copy.writeUInt32LE(value >>> 0, at);
  return copy;
}
const LOCAL = "PK\x03\x04";
const CENTRAL = "PK\x01\x02";
const END = "PK\x05\x06";

describe("readZip", () => {
  it("reads what createZip makes", async () => {
    const zip = await createZip([
      { path: "index.mjs", bytes: Buffer.from("x".repeat(1000)) },
      { path: "bin/run", bytes: Buffer.from("#!"), executable: true },
    ]);
    expect(readZip(zip.bytes).entries).toEqual([
      { path: "bin/run", mode: 0o755, bytes: new Uint8Array(Buffer.from("#!")) },
      { path: "index.mjs", mode: 0o644, bytes: Buffer.from("x".repeat(1000)) },
    ]);
    expect(adoptZip(zip.bytes)).toEqual(zip);
  });

  it("reads what Python makes: folders, comments, methods, modes, names that differ by case", async () => {
    const bytes = await byPython(`
z.comment = b"made elsewhere"
z.mkdir("lib")
z.writestr(info("lib/a.py", stat.S_IFREG | 0o600), "a" * 500)
z.writestr("lib/A.py", "b", zipfile.ZIP_STORED)
z.writestr(info("漢.py", 0o755), "c")
dos = ZipInfo("dos.py"); dos.create_system = 0; dos.external_attr = 32
z.writestr(dos, "d")`);
    const { entries } = readZip(bytes);
    expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
      ["lib/a.py", 0o600],
      ["lib/A.py", 0o600],
      ["漢.py", 0o755],
      ["dos.py", 0o644],
    ]);
    expect(Buffer.from(entries[0]?.bytes ?? []).toString()).toBe("a".repeat(500));
    expect(adoptZip(bytes).bytes).toBe(bytes);
  });

  it("reads a streamed zip, whose sizes stand behind the data", async () => {
    const bytes = await byPython(`
class Pipe(io.RawIOBase):
  def writable(self): return True
  def write(self, b): return target.write(b)
z.close()
target = open(path, "wb")
with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as s: s.writestr("index.py", "a" * 500)
z = target`);
    expect(readZip(bytes).entries.map(({ path, bytes }) => [path, bytes.length])).toEqual([
      ["index.py", 500],
    ]);
  });

  it.each([
    ["a path out of the package", `z.writestr("../../etc/cron.d/x", "x")`, "it leaves the package"],
    ["a path out of the package by a folder", `z.writestr(info("../x/", 0o40755), "")`, "it leaves"],
    ["an absolute path", `z.writestr("/etc/passwd", "x")`, "it is absolute"],
    ["a backslash", String.raw`z.writestr("..\\x", "x")`, "it contains a backslash"],
    ["a symbolic link", `z.writestr(info("l", stat.S_IFLNK | 0o777), "/etc/passwd")`, "is a symbolic link"],
    ["a device", `z.writestr(info("d", stat.S_IFCHR | 0o644), "")`, "is not a regular file"],
    ["a folder with contents", `z.writestr("a/", "x")`, "has contents"],
    ["a name twice", `z.writestr("a", "1"); z.writestr("a", "2")`, "twice"],
    ["a file that is a folder", `z.writestr("a/b", "1"); z.writestr("a", "2")`, "is a file and a folder"],
  ])("refuses %s", async (_, body, reason) => {
    const message = failureOf(await byPython(body));
    expect(message).toMatch(/^SLUICE_ZIP_UNSAFE .* at orders\.zip$/);
    expect(message).toContain(reason);
  });

  it("refuses encryption, in either header", async () => {
    const { bytes } = await createZip([{ path: "a", bytes: Buffer.from("x") }]);
    expect(failureOf(patch(bytes, CENTRAL, 8, 0x0801, 16))).toMatch(/^SLUICE_ZIP_UNSAFE .*encrypted/);
    expect(failureOf(patch(bytes, LOCAL, 6, 0x0801, 16))).toMatch(/^SLUICE_ZIP_UNSAFE .*contradict/);
  });

  it("refuses headers that show two readers two things", async () => {
    const { bytes } = await createZip([{ path: "a", bytes: Buffer.from("x") }]);
    expect(failureOf(patch(bytes, LOCAL, 30, 0x62, 16))).toMatch(/contradict/);
    expect(failureOf(patch(bytes, LOCAL, 8, 8, 16))).toMatch(/^SLUICE_ZIP_UNSAFE .*contradict/);
  });

  it("refuses what declares more than AWS unzips without inflating it", async () => {
    const { bytes } = await createZip([{ path: "a", bytes: new Uint8Array(10_000) }]);
    // Inflating would have found the size wrong, and said that the file is damaged.
    expect(failureOf(patch(bytes, CENTRAL, 24, MAXIMUM_UNZIPPED_BYTES + 1, 32))).toMatch(
      /^SLUICE_ARTIFACT_TOO_LARGE/,
    );
  });

  it("keeps no more memory than the files take", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}.py`);
    const bytes = await byPython(`for name in ${JSON.stringify(names)}: z.writestr(name, "text " * 60)`);
    const { entries } = readZip(bytes);
    expect(entries.map((file) => file.bytes.length)).toEqual(names.map(() => 300));
    const memory = [...new Set(entries.map((file) => file.bytes.buffer))];
    // 6 kB of content; Node.js hands out small buffers from pools of 8 kB.
    expect(memory.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(32_000);
  });

  it("stops inflating at the declared size", async () => {
    const { bytes } = await createZip([{ path: "a", bytes: new Uint8Array(50_000_000) }]);
    const before = process.memoryUsage().arrayBuffers;
    expect(failureOf(patch(bytes, CENTRAL, 24, 10, 32))).toMatch(/^SLUICE_ZIP_INVALID .*"a" is damaged/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it("refuses entries that share their bytes", () => {
    const inner = layOut([packed("b", "x")]).subarray(0, 32);
    const zip = layOut([{ ...packed("a", ""), data: inner, size: inner.length }, packed("b", "x")]);
    const copy = Buffer.from(zip);
    const second = copy.lastIndexOf(Buffer.from(CENTRAL, "latin1"));
    // The second entry of the directory points at the header inside the first one's data.
    copy.writeUInt32LE(31, second + 42);
    expect(failureOf(copy)).toMatch(/^SLUICE_ZIP_UNSAFE .*overlap/);
  });

  it("refuses a wrong checksum, other methods, several parts, ZIP64, and what is no zip", async () => {
    const { bytes } = await createZip([{ path: "a", bytes: Buffer.from("x") }]);
    expect(failureOf(patch(bytes, LOCAL, 31, 0x5079, 16))).toMatch(/^SLUICE_ZIP_INVALID .*"a" is damaged/);
    expect(failureOf(patch(bytes, CENTRAL, 10, 12, 16))).toMatch(/^SLUICE_ZIP_INVALID .*method 12/);
    expect(failureOf(patch(bytes, END, 8, 2, 16))).toMatch(/^SLUICE_ZIP_INVALID .*several parts/);
    expect(failureOf(patch(bytes, END, 10, 0xffff, 16))).toMatch(/^SLUICE_ZIP_INVALID .*ZIP64/);
    expect(failureOf(Buffer.from("#!/bin/sh\n"))).toMatch(/^SLUICE_ZIP_INVALID .*not a zip/);
    expect(failureOf(new Uint8Array())).toMatch(/^SLUICE_ZIP_INVALID/);
    expect(failureOf(layOut([{ ...packed("a", ""), name: Buffer.from([0x61, 0xff]) }]))).toMatch(
      /^SLUICE_ZIP_INVALID .*not valid UTF-8/,
    );
  });

  it("takes thousands of deep folders", () => {
    const deep = "a/".repeat(32_000);
    const files = Array.from({ length: 400 }, (_, index) => packed(`${deep}${index}`, ""));
    expect(failureOf(layOut(files))).toBe("accepted");
    expect(failureOf(layOut([...files, packed(deep.slice(0, -1), "")]))).toMatch(/is a file and a folder/);
  });

  it("answers every changed byte and every cut with a result or an error of its own", async () => {
    const { bytes } = await createZip([
      { path: "index.mjs", bytes: Buffer.from("export const handler = 1;".repeat(4)) },
      { path: "b", bytes: Buffer.from("b") },
    ]);
    for (let index = 0; index < bytes.length; index += 1) {
      expect(failureOf(bytes.subarray(0, index))).toMatch(/^SLUICE_ZIP_INVALID/);
      for (const flip of [0x01, 0x80, 0xff]) {
        const copy = Uint8Array.from(bytes);
        copy[index] = (copy[index] ?? 0) ^ flip;
        expect(failureOf(copy)).toMatch(/^(accepted|SLUICE_)/);
      }
    }
  });
});

describe("measureZip", () => {
  it("tells sizes from the directory, and the contents of the wanted files alone", async () => {
    const text = "abc".repeat(1000);
    const zip = await createZip([
      { path: "a/b.txt", bytes: Buffer.from(text) },
      { path: "c.bin", bytes: new Uint8Array([1, 2, 3]) },
    ]);
    const { files, contents } = measureZip(zip.bytes, (path) => path === "c.bin");
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ["a/b.txt", 3000],
      ["c.bin", 3],
    ]);
    expect(files[0]?.zippedBytes).toBeLessThan(100);
    expect(contents.map(({ path, bytes }) => [path, [...bytes]])).toEqual([["c.bin", [1, 2, 3]]]);
  });

  it("refuses what is damaged where it is not looked at, too", async () => {
    const { bytes } = await createZip([{ path: "a.txt", bytes: Buffer.from("abc") }]);
    const damaged = bytes.slice();
    damaged[0] = 0;
    expect(() => measureZip(damaged, () => false, "orders.zip")).toThrow(/not where the directory says/);
  });
});

describe("streams of a zip", () => {
  it("are refused by their declared sizes before anything is inflated, beyond what memory is there for", async () => {
    const { bytes } = await createZip([{ path: "torch/lib.so", bytes: Buffer.from("a".repeat(100)) }]);
    const zip = Buffer.from(bytes);
    expect(readZipStreams(zip)).toMatchObject([{ path: "torch/lib.so" }]);
    // "Uncompressed size" of the directory's only entry (APPNOTE 4.3.12).
    zip.writeUInt32LE(1_048_576_001, zip.indexOf("PK\x01\x02", 0, "latin1") + 24);
    expect(() => readZipStreams(zip)).toThrow(/1048576001 bytes .* unzipped.*torch \(1048\.6 MB\)/);
  });
});

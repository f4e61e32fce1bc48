import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { isSluiceError } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { digestOf } from "./digest.ts";
import { readZip, readZipStreams } from "./read-zip.ts";
import { createZip, type ZipEntry } from "./zip.ts";
import { MAXIMUM_FILES, MAXIMUM_UNZIPPED_BYTES } from "./zip-format.ts";

const file = (path: string, contents = path): ZipEntry => ({ path, bytes: Buffer.from(contents) });

async function failureOf(entries: readonly ZipEntry[]): Promise<string> {
  const error: unknown = await createZip(entries).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isSluiceError(error) ? `${error.code} ${error.message}` : `unexpected: ${String(error)}`;
}

/** What Python's zipfile, an independent reader, sees. */
async function readByPython(bytes: Uint8Array): Promise<unknown> {
  await using fixture = await createFixture({ "a.zip": Buffer.from(bytes) });
  const script = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps([[i.filename, oct(i.external_attr >> 16), i.create_system, list(i.date_time), len(i.extra),
  z.read(i).decode()] for i in z.infolist()]))`;
  return JSON.parse(execFileSync("python3", ["-c", script, fixture.getPath("a.zip")], { encoding: "utf8" }));
}

describe("createZip", () => {
  it("is read by another implementation, with modes, one time, UTF-8 names and no extra fields", async () => {
    const long = "sluice ".repeat(100);
    const { bytes, files, unzippedBytes } = await createZip([
      file("lib/é漢.js", long),
      { ...file("bootstrap", "#!"), executable: true },
      file("empty", ""),
    ]);
    const time = [1980, 1, 1, 0, 0, 0];
    expect(await readByPython(bytes)).toEqual([
      ["bootstrap", "0o100755", 3, time, 0, "#!"],
      ["empty", "0o100644", 3, time, 0, ""],
      ["lib/é漢.js", "0o100644", 3, time, 0, long],
    ]);
    expect(unzippedBytes).toBe(702);
    expect(files[0]).toEqual({
      path: "bootstrap",
      size: 2,
      sha256: digestOf(Buffer.from("#!")).slice(7),
      mode: 0o755,
    });
  });

  it("gives the same bytes for any order of the entries, sorted by code units", async () => {
    const paths = ["b", "a", "B2", "a-b", "a.b/c", "ä", "z", "10", "9"];
    const one = await createZip(paths.map((path) => file(path)));
    const other = await createZip(paths.toReversed().map((path) => file(path)));
    expect(digestOf(one.bytes)).toBe(digestOf(other.bytes));
    expect(one.files.map(({ path }) => path)).toEqual(["10", "9", "B2", "a", "a-b", "a.b/c", "b", "z", "ä"]);
  });

  it("stores what does not get smaller", async () => {
    const noise = randomBytes(5000);
    const { bytes } = await createZip([{ path: "noise", bytes: noise }]);
    expect(bytes.length).toBe(5000 + 30 + 46 + 22 + 2 * "noise".length);
    expect(readZip(bytes).entries[0]?.bytes).toEqual(new Uint8Array(noise));
  });

  it.each([
    ["../a", "it leaves the package"],
    ["a/../b", "it leaves the package"],
    ["/a", "it is absolute"],
    ["C:/a", "it is absolute"],
    ["a\\b", "it contains a backslash"],
    ["", "it is empty"],
    ["a/", "it has an empty or `.` segment"],
    ["./a", "it has an empty or `.` segment"],
    ["a\0", "it contains a NUL"],
    ["a\uD800", "it is not valid UTF-8"],
    [Buffer.from([0x61, 0xff]).toString(), "it is not valid UTF-8"],
    ["a".repeat(65_536), "it is too long"],
  ])("refuses the path %j", async (path, reason) => {
    expect(await failureOf([file("ok"), file(path)])).toMatch(/^SLUICE_ZIP_PATH_INVALID/);
    expect(await failureOf([file(path)])).toContain(reason);
  });

  it.each([
    [["a", "a"], "the name is given twice"],
    [["Readme", "README"], "they differ only by case"],
    [["\u00e9", "e\u0301"], "they differ only by Unicode normalization"],
    [["lib/x", "lib"], "one is a file where the other needs a folder"],
    [["a-b", "a/c", "a", "a.b"], "one is a file where the other needs a folder"],
    [["LIB", "lib/x/y"], "one is a file where the other needs a folder"],
  ])("refuses %j together", async (paths, reason) => {
    const message = await failureOf(paths.map((path) => file(path)));
    expect(message).toMatch(/^SLUICE_ZIP_PATH_CLASH/);
    expect(message).toContain(reason);
    const named = paths.filter((path) => message.includes(JSON.stringify(path)));
    expect(named.length).toBe(2);
  });

  it("refuses more than AWS unzips, naming the biggest files and packages", async () => {
    const big = new Uint8Array(MAXIMUM_UNZIPPED_BYTES / 4);
    const entries = ["a", "b", "c", "d"].map((path) => ({ path, bytes: big }));
    const more = [1, 2, 3].map((size) => ({ path: `small${size}`, bytes: new Uint8Array(size) }));
    const message = await failureOf([...entries, ...more]);
    expect(message).toMatch(/^SLUICE_ARTIFACT_TOO_LARGE .*262144006 bytes/);
    expect(message).toContain("a (65.5 MB), b (65.5 MB), c (65.5 MB), d (65.5 MB)");
    expect(message).not.toContain("small");
  });

  it("names packages as a whole, and what the zip is for, when it is too large", async () => {
    const bytes = new Uint8Array(MAXIMUM_UNZIPPED_BYTES / 4);
    const paths = ["node_modules/@a/b/x.js", "node_modules/@a/b/y.js", "node_modules/c/z.js", "index.js"];
    const entries = [...paths.map((path) => ({ path, bytes })), { path: "d", bytes: new Uint8Array(1) }];
    const error: unknown = await createZip(entries, { where: "functions.orders" }).catch((reason) => reason);
    expect(error).toMatchObject({ problems: [{ where: "functions.orders" }] });
    expect(String(error)).toContain(
      "node_modules/@a/b (131.1 MB), index.js (65.5 MB), node_modules/c (65.5 MB)",
    );
  });

  it("counts files with what they are said to be a part of", async () => {
    const bytes = new Uint8Array(MAXIMUM_UNZIPPED_BYTES / 2);
    const entries = ["numpy/a.so", "numpy.libs/b.so", "app.py"].map((path) => ({ path, bytes }));
    const partOf = (path: string) => (path.startsWith("numpy") ? "numpy 2.5.5" : null);
    const error: unknown = await createZip(entries, { partOf }).catch((reason) => reason);
    expect(String(error)).toContain("numpy 2.5.5 (262.1 MB), app.py (131.1 MB)");
  });

  it("packs a stream that somebody else has made as it is", async () => {
    const bytes = Buffer.from("import this\n".repeat(4000));
    const deflated = deflateRawSync(bytes, { level: 1 });
    const [given, made] = await Promise.all(
      [
        { path: "a.py", bytes, deflated },
        { path: "a.py", bytes },
      ].map((entry) => createZip([entry])),
    );
    expect(Buffer.from(given?.bytes ?? []).includes(deflated)).toBe(true);
    expect(Buffer.from(made?.bytes ?? []).includes(deflated)).toBe(false);
    expect(given?.files).toEqual(made?.files);
    const [file] = readZipStreams(given?.bytes ?? bytes);
    expect(Buffer.from(file?.bytes ?? [])).toEqual(bytes);
    expect(Buffer.from(file?.deflated ?? [])).toEqual(deflated);
  });

  it("stores what its stream would not make smaller", async () => {
    const bytes = randomBytes(300);
    const { bytes: zip } = await createZip([{ path: "a", bytes, deflated: deflateRawSync(bytes) }]);
    expect(readZipStreams(zip)[0]?.deflated).toBe(null);
    expect(Buffer.from(readZipStreams(zip)[0]?.bytes ?? [])).toEqual(bytes);
  });

  it("refuses more files than a zip can count", async () => {
    const bytes = new Uint8Array();
    const entries = Array.from({ length: MAXIMUM_FILES + 1 }, (_, index) => ({ path: String(index), bytes }));
    expect(await failureOf(entries)).toMatch(/^SLUICE_ZIP_TOO_MANY_FILES/);
  });

  it("makes an empty zip that others can read", async () => {
    expect(await readByPython((await createZip([])).bytes)).toEqual([]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { unpack } from "./unpack.ts";
import { deflatedFile, zipFile } from "./zip-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-zip-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("makes zips that Python unpacks and finds whole", async () => {
  const contents = { "index.mjs": "export const handler = () => {};", "index.mjs.map": "{}".repeat(5000) };
  const files = Object.entries(contents).map(([path, text]) => {
    const bytes = Buffer.from(text);
    return deflatedFile(path, bytes, deflateRawSync(bytes));
  });
  await writeFile(join(folder, "a.zip"), zipFile(files));
  await unpack([{ zip: join(folder, "a.zip"), to: join(folder, "a") }], new AbortController().signal);
  for (const [path, text] of Object.entries(contents))
    expect(await readFile(join(folder, "a", path), "utf8")).toBe(text);
});

it("is refused by Python when a byte of the content is wrong", async () => {
  const bytes = Buffer.from("content");
  const file = { ...deflatedFile("a", bytes, deflateRawSync(bytes)), crc: 1 };
  await writeFile(join(folder, "a.zip"), zipFile([file]));
  const work = [{ zip: join(folder, "a.zip"), to: join(folder, "a") }];
  await expect(unpack(work, new AbortController().signal)).rejects.toThrow("CRC");
});

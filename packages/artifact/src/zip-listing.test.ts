import { expect, it } from "vitest";
import { createZip } from "./zip.ts";
import { listRemoteZip, listZip } from "./zip-listing.ts";

/** A zip with so many files, read by ranges. */
async function remote(count: number) {
  const files = Array.from({ length: count }, (_, index) => ({
    path: `node_modules/a-package-with-a-long-name/lib/${String(index).padStart(5, "0")}.js`,
    bytes: Buffer.from(`exports.n = ${index};`),
  }));
  const { bytes } = await createZip([{ path: "index.js", bytes: Buffer.from("hello") }, ...files]);
  const ranges: [number, number][] = [];
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    ranges.push([from, to]);
    return bytes.subarray(from, to);
  };
  return { bytes, ranges, listed: await listRemoteZip(read, bytes.length, "a zip") };
}

it("lists files with sizes and checksums", async () => {
  const { bytes, listed } = await remote(1);
  expect(listed[0]).toEqual({ path: "index.js", size: 5, crc: 0x3610a686 });
  expect(listed).toEqual(listZip(bytes, "a zip"));
});

it("reads the end of a zip, and what of its directory stands before", async () => {
  const { bytes, ranges, listed } = await remote(3_000);
  expect(listed).toHaveLength(3_001);
  expect(listed).toEqual(listZip(bytes, "a zip"));
  expect(ranges).toHaveLength(2);
  expect(ranges.reduce((sum, [from, to]) => sum + to - from, 0)).toBeLessThan(bytes.length);
});

it("refuses what is no zip, and a directory that lies", async () => {
  const read = async (): Promise<Uint8Array> => Buffer.alloc(200);
  await expect(listRemoteZip(read, 200, "a zip")).rejects.toThrow(/not valid|no end record/);
  const { bytes } = await createZip([{ path: "index.js", bytes: Buffer.from("hello") }]);
  expect(() => listZip(bytes.subarray(10), "a zip", 5)).toThrow(/its directory is/);
});

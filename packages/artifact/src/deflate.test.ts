import { inflateRawSync } from "node:zlib";
import { deflateSync } from "fflate";
import { expect, it } from "vitest";
import { deflate } from "./deflate.ts";
import { deflateInPool, isPoolRunning } from "./deflate-pool.ts";
import { sha256Hex } from "./digest.ts";

const text = (seed: string, length: number): Uint8Array =>
  Buffer.from(`${seed} ${seed.length} function handler(event) { return ${seed}; }\n`.repeat(length)).subarray(
    0,
    length,
  );

it("gives the same bytes on this thread and on another, and they inflate to what they were", async () => {
  const bytes = text("orders", 300_000);
  const here = await deflate(bytes, sha256Hex(bytes), 6, false);
  const there = await deflateInPool(bytes, { level: 6, mem: 7 });
  expect(isPoolRunning()).toBe(true);
  expect(Buffer.compare(here, there)).toBe(0);
  expect(inflateRawSync(there).equals(bytes)).toBe(true);
});

it("takes a view for what it shows, and leaves its buffer to its owner", async () => {
  const whole = Buffer.from(text("whole", 100_000));
  const view = whole.subarray(1000, 60_000);
  const compressed = await deflateInPool(view, { level: 6, mem: 4 });
  expect(inflateRawSync(compressed).equals(view)).toBe(true);
  expect(whole.length).toBe(100_000);
});

it("compresses what it has seen only once", async () => {
  const bytes = text("once", 200_000);
  const sha256 = sha256Hex(bytes);
  const [one, two] = await Promise.all([deflate(bytes, sha256, 6, true), deflate(bytes, sha256, 6, true)]);
  expect(two).toBe(one);
  expect(await deflate(bytes, sha256, 6, false)).toBe(one);
  expect(await deflate(bytes, sha256, 9, false)).not.toBe(one);
});

it("works through more jobs than there are threads, each with its own result", async () => {
  const jobs = Array.from({ length: 30 }, (_, index) => text(`job${index}`, 20_000 + index));
  const results = await Promise.all(jobs.map((bytes) => deflateInPool(bytes, { level: 6, mem: 3 })));
  for (const [index, compressed] of results.entries())
    expect(compressed).toEqual(deflateSync(jobs[index] ?? new Uint8Array(), { level: 6, mem: 3 }));
});

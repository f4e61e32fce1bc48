import type { Artifact } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { sizeNotices } from "./analysis-limits.ts";

async function noticesOf(sizeBytes: number, unzippedBytes: number): Promise<string> {
  const artifact = { function: "orders", manifest: { sizeBytes, unzippedBytes } } as Artifact;
  return (await sizeNotices([artifact])).join("\n");
}

describe("sizeNotices", () => {
  it("says nothing of what is far from AWS's limits", async () => {
    expect(await noticesOf(0.79 * 52_428_800, 0.79 * 262_144_000)).toBe("");
  });

  it("says so from four fifths on", async () => {
    expect(await noticesOf(1, 0.8 * 262_144_000)).toMatch(/^orders holds 209\.7 MB unzipped: 80 % of/);
    expect(await noticesOf(0.99 * 52_428_800, 1)).toMatch(/^The zip of orders has 51\.9 MB: 99 % of what/);
  });

  it("names the store that a zip over 50 MB needs", async () => {
    expect(await noticesOf(52_428_800, 1)).not.toContain("store");
    expect(await noticesOf(52_428_801, 1)).toContain('store: "s3://bucket/prefix"');
  });
});

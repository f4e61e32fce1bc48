import type { Artifact } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { sizeNotices } from "./analysis-limits.ts";

function noticesOf(sizeBytes: number, unzippedBytes: number): string {
  const artifact = { function: "orders", manifest: { sizeBytes, unzippedBytes } } as Artifact;
  return sizeNotices([artifact]).join("\n");
}

describe("sizeNotices", () => {
  it("says nothing of what is far from AWS's limits", () => {
    expect(noticesOf(0.79 * 52_428_800, 0.79 * 262_144_000)).toBe("");
  });

  it("says so from four fifths on", () => {
    expect(noticesOf(1, 0.8 * 262_144_000)).toMatch(/^orders holds 209\.7 MB unzipped: 80 % of/);
    expect(noticesOf(0.99 * 52_428_800, 1)).toMatch(/^The zip of orders has 51\.9 MB: 99 % of what/);
  });

  it("names the store that a zip over 50 MB needs", () => {
    expect(noticesOf(52_428_800, 1)).not.toContain("store");
    expect(noticesOf(52_428_801, 1)).toContain('store: "s3://bucket/prefix"');
  });
});

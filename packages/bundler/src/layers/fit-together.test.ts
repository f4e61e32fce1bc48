import type { Artifact, LayerArtifact, Manifest } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { checkTogether } from "./fit-together.ts";

const part = (name: string, unzippedBytes: number, files: Record<string, string> = {}): Artifact => {
  const listed = Object.entries(files).map(([path, sha256]) => ({ path, sha256, size: 1, mode: 0o644 }));
  return {
    function: name,
    path: "",
    manifest: { unzippedBytes, files: listed } as unknown as Manifest,
    cached: false,
  };
};
const layer = (name: string, bytes: number, files?: Record<string, string>): LayerArtifact => ({
  ...part(`layer-${name}`, bytes, files),
  layer: name,
});

describe("a function with its layers", () => {
  it("may take what AWS allows, and not a byte more", () => {
    const fn = part("orders", 62_144_000);
    const layers = [layer("big", 130_000_000), layer("large", 70_000_000)];
    expect(() => checkTogether(fn, layers)).not.toThrow();
    expect(() => checkTogether(part("orders", 62_144_001), layers)).toThrowError(
      expect.objectContaining({
        code: "SLUICE_LAYERS_TOO_LARGE",
        message: expect.stringMatching(
          /262144001 bytes.*262144000.*orders 62\.1 MB, layer big 130\.0 MB, layer large 70\.0 MB/,
        ),
      }),
    );
  });

  it("may have equal files in several layers, and no different ones under one path", () => {
    const one = layer("one", 1, { "nodejs/a.js": "1", "nodejs/b.js": "2" });
    expect(() =>
      checkTogether(part("orders", 1), [one, layer("two", 1, { "nodejs/a.js": "1" })]),
    ).not.toThrow();
    const other = layer("two", 1, { "nodejs/a.js": "other", "nodejs/b.js": "another" });
    expect(() => checkTogether(part("orders", 1), [one, other])).toThrowError(
      expect.objectContaining({
        code: "SLUICE_LAYERS_CLASH",
        message: expect.stringMatching(/layers one and two.*nodejs\/a\.js and 1 more/),
      }),
    );
  });
});

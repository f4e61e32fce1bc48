import type { Artifact, LayerArtifact, Manifest } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { checkTogether } from "./fit-together.ts";

const OF_PYTHON = { runtime: "python3.13" };
const part = (name: string, unzippedBytes: number, files: Record<string, string> = {}): Artifact => {
  const listed = Object.entries(files).map(([path, sha256]) => ({ path, sha256, size: 1, mode: 0o644 }));
  return {
    function: name,
    path: "",
    manifest: { ...OF_PYTHON, function: name, unzippedBytes, files: listed } as unknown as Manifest,
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

  it("names the biggest packages in all of them when it takes too much", () => {
    const sized = (name: string, sizes: Record<string, number>): Artifact => {
      const files = Object.entries(sizes).map(([path, size]) => ({ path, sha256: path, size, mode: 0o644 }));
      const unzippedBytes = files.reduce((sum, { size }) => sum + size, 0);
      return {
        ...part(name, 0),
        manifest: { ...OF_PYTHON, function: name, unzippedBytes, files } as unknown as Manifest,
      };
    };
    const orders = sized("orders", { "index.mjs": 1, "torch/a.so": 99_000_000, "torch/b.py": 1_000_000 });
    const shared = sized("layer-shared", {
      "python/numpy/core.so": 90_000_000,
      "python/lib/python3.13/site-packages/jax/a.so": 80_000_000,
      "nodejs/node_modules/@acme/a/x.js": 2_000_000,
      "nodejs/node_modules/@acme/b/x.js": 3_000_000,
    });
    const message =
      /biggest in them: torch \(orders\) 100\.0 MB, python\/numpy \(layer shared\) 90\.0 MB, python\/lib\/python3\.13\/site-packages\/jax \(layer shared\) 80\.0 MB, nodejs\/node_modules\/@acme\/b \(layer shared\) 3\.0 MB, nodejs\/node_modules\/@acme\/a/;
    expect(() => checkTogether(orders, [{ ...shared, layer: "shared" }])).toThrowError(message);
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

import { describe, expect, it } from "vitest";
import type { PageData, PagePart } from "./page-data.ts";
import { squarify } from "./squarify.ts";
import { buildTree, pathTo, sameIn, search } from "./tree.ts";

const part = (
  kind: PagePart["kind"],
  label: string,
  bytes: number,
  modules: number[],
  small = 0,
): PagePart => ({
  kind,
  label,
  bytes,
  zip: Math.round(bytes / 4),
  modules,
  small,
});

const DATA: PageData = {
  names: ["index.js", "lib/deep.js", "index.mjs.map"],
  functions: [
    {
      name: "stock",
      zip: 50,
      budget: null,
      parts: [part("bundled", "zod@3.25.1", 100, [0, 60, 1, 40])],
    },
    {
      name: "orders",
      zip: 500,
      budget: 400,
      parts: [
        part("map", "index.mjs.map", 1000, [2, 1000]),
        part("bundled", "zod@3.25.1", 300, [0, 200, 1, 70], 7),
        part("own", "own code in src", 50, [0, 50]),
      ],
    },
  ],
};

describe("buildTree", () => {
  it("has the biggest first, small modules added up, and maps when they are asked for", () => {
    const tree = buildTree(DATA, false);
    expect(tree.bytes).toBe(450);
    expect(tree.children.map(({ name }) => name)).toEqual(["orders", "stock"]);
    const [zod] = tree.children[0]?.children ?? [];
    expect(zod?.children.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["index.js", 200],
      ["lib/deep.js", 70],
      ["7 smaller ones", 30],
    ]);
    expect(tree.children[0]).toMatchObject({ zip: 88, whole: { zip: 500, budget: 400 } });
    const map = buildTree(DATA, true).children[0]?.children[0];
    expect(map).toMatchObject({ name: "index.mjs.map", children: [] });
  });

  it("finds a place again in another tree", () => {
    const tree = buildTree(DATA, true);
    const map = tree.children[0]?.children[0];
    if (map === undefined) throw new Error("There is no map.");
    expect(pathTo(map).map(({ name }) => name)).toEqual(["All functions", "orders", "index.mjs.map"]);
    expect(sameIn(buildTree(DATA, false), map).name).toBe("orders");
  });

  it("finds what a text names, with what is around and in it", () => {
    const tree = buildTree(DATA, false);
    const { found, lit } = search(tree, " ZOD ");
    expect(found.map(({ parent }) => parent?.name)).toEqual(["orders", "stock"]);
    const own = tree.children[0]?.children[1];
    expect(own !== undefined && lit.has(own)).toBe(false);
    expect(lit.has(tree)).toBe(true);
    expect(search(tree, "  ").found).toEqual([]);
  });
});

describe("squarify", () => {
  it("fills the area by weight, without overlaps, as square as can be", () => {
    const weights = [600, 600, 400, 300, 200, 200, 100];
    const rectangles = squarify(weights, { x: 10, y: 20, width: 600, height: 400 });
    const scale = (600 * 400) / weights.reduce((sum, each) => sum + each, 0);
    for (const [index, { x, y, width, height }] of rectangles.entries()) {
      expect(width * height).toBeCloseTo((weights[index] ?? 0) * scale, 3);
      expect(x).toBeGreaterThanOrEqual(10 - 1e-6);
      expect(y).toBeGreaterThanOrEqual(20 - 1e-6);
      expect(x + width).toBeLessThanOrEqual(610 + 1e-6);
      expect(y + height).toBeLessThanOrEqual(420 + 1e-6);
      expect(Math.max(width / height, height / width)).toBeLessThan(4);
    }
    const overlaps = rectangles.some((one, index) =>
      rectangles.slice(index + 1).some((other) => {
        const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
        const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
        return across > 1e-6 && down > 1e-6;
      }),
    );
    expect(overlaps).toBe(false);
  });

  it("gives nothing to what weighs nothing, and ends", () => {
    expect(squarify([5, 0, 0], { x: 0, y: 0, width: 10, height: 10 }).slice(1)).toEqual([
      expect.objectContaining({ width: 0, height: 0 }),
      expect.objectContaining({ width: 0, height: 0 }),
    ]);
    expect(squarify([], { x: 0, y: 0, width: 10, height: 10 })).toEqual([]);
    expect(squarify([0], { x: 0, y: 0, width: 10, height: 10 })).toHaveLength(1);
    expect(squarify([1, 1], { x: 0, y: 0, width: 0, height: 0 })).toHaveLength(2);
  });
});

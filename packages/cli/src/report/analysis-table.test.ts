import type { Analysis, Part } from "@sluice/bundler";
import { describe, expect, it } from "vitest";
import { createColors } from "../terminal/colors.ts";
import { formatAnalysis, formatShare } from "./analysis-table.ts";
import { formatReasons } from "./analysis-why.ts";

const colors = createColors({ isTerminal: false, noColor: true, env: {} });

function part(kind: Part["kind"], name: string, zippedBytes: number, version: string | null = null): Part {
  const modules = [{ path: "x.js", bytes: zippedBytes * 3 }];
  return { kind, name, version, folder: name, bytes: zippedBytes * 3, zippedBytes, modules };
}

const COPY = { how: "bundled", folder: "node_modules/zod", bytes: 150_000, zippedBytes: 50_000 } as const;

const ORDERS: Analysis = {
  function: "orders-api",
  sizeBytes: 500_000,
  unzippedBytes: 1_500_000,
  maxSizeBytes: 400_000,
  parts: [
    part("map", "index.mjs.map", 250_000),
    part("bundled", "@aws-sdk/a-package-with-a-rather-long-name", 100_000, "3.1162.0"),
    part("bundled", "zod", 50_000, "3.25.1"),
    part("own", "src/http", 40_000),
    part("copied", "sharp", 30_000, "0.34.0"),
    part("asset", "templates", 200),
  ],
  duplicates: [
    {
      name: "zod",
      savedBytes: 20_000,
      copies: [
        { ...COPY, version: "3.25.1", via: ["src/orders.ts"] },
        { ...COPY, version: "4.0.0", via: ["src/later.ts", "left@1.0.0"] },
      ],
    },
  ],
  layers: [{ name: "canvas", version: "2.0.0" }],
  provided: ["@aws-sdk/client-s3"],
};

describe("formatAnalysis", () => {
  it("keeps to 80 columns whatever a function is called", () => {
    const name = "a-function-with-a-name-of-sixty-four-characters-which-is-allowed";
    const lines = formatAnalysis({ ...ORDERS, function: name }, colors).split("\n");
    expect(lines.slice(0, 2)).toEqual([name, expect.stringMatching(/^ {2}500\.0 kB zipped/)]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("shows sizes, parts, duplicates, what is outside and the budget, in 80 columns", () => {
    const text = formatAnalysis(ORDERS, colors);
    expect(text).toMatchInlineSnapshot(`
      "orders-api  500.0 kB zipped, 1.5 MB unzipped (0.6 % of AWS's 250 MB)
        own code 40.0 kB, packages 150.0 kB, copied 30.0 kB, maps 250.0 kB, assets
          200 B

        part                                     zipped  unzipped  share
        index.mjs.map                          250.0 kB  750.0 kB   50 %  ██████
        @aws-sdk/a-package…long-name@3.1162.0  100.0 kB  300.0 kB   20 %  ██▍
        zod@3.25.1                              50.0 kB  150.0 kB   10 %  █▎
        own code in src/http                    40.0 kB  120.0 kB    8 %  █
        sharp@0.34.0 (copied)                   30.0 kB   90.0 kB    6 %  ▊
        templates                                 200 B     600 B <0.1 %

        zod is here 2 times; with one of them the zip is 20.0 kB smaller.
          3.25.1, 50.0 kB, by src/orders.ts
          4.0.0, 50.0 kB, by src/later.ts → left@1.0.0
        In layers: canvas@2.0.0
        Left to the runtime: @aws-sdk/client-s3
        100.0 kB over its budget of 400.0 kB"
    `);
    for (const line of text.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it("adds up what is too small to be shown", () => {
    const parts = Array.from({ length: 40 }, (_, index) =>
      part("bundled", `p${index}`, 1000 - index, "1.0.0"),
    );
    const text = formatAnalysis({ ...ORDERS, parts, duplicates: [], maxSizeBytes: null }, colors);
    expect(text).toMatch(/and 28 more +27\.\d kB/);
    expect(text.split("\n").length).toBeLessThan(24);
    expect(text).not.toContain("budget");
  });

  it("never shows a share as nothing that is something", () => {
    expect([0, 0.0001, 0.004, 0.126, 1].map(formatShare)).toEqual([
      "0 %",
      "<0.1 %",
      "0.4 %",
      "13 %",
      "100 %",
    ]);
  });
});

describe("formatReasons", () => {
  it("shows each copy with its chain, by the kinds of the imports", () => {
    const reasons = [
      {
        name: "zod@3.25.1",
        how: "bundled",
        bytes: 150_000,
        chain: [
          { file: "src/orders.ts", kind: "dynamic-import" },
          { file: "node_modules/.pnpm/left@1.0.0/node_modules/left/index.js", kind: "require-call" },
          { file: "node_modules/zod/index.js", kind: null },
        ],
      },
      { name: "idle", how: "unused", bytes: 0, chain: [] },
    ] as const;
    expect(formatReasons("orders-api", reasons, colors)).toMatchInlineSnapshot(`
      "orders-api
        zod@3.25.1  bundled, 150.0 kB
          src/orders.ts
          └ imports dynamically left/index.js
          └ requires zod/index.js
        idle  read, and nothing of it is left in the bundle"
    `);
    expect(formatReasons("orders-read", [], colors)).toBe("orders-read  not in it");
  });
});

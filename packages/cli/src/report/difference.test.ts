import type { Difference, Report, TargetReport } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createColors } from "../terminal/colors.ts";
import { differenceLines, formatDifference } from "./difference.ts";

const plainColors = createColors({ isTerminal: false, noColor: true, env: {} });

const difference = (overrides: Partial<Difference> = {}): Difference => ({
  from: `sha256:${"0".repeat(64)}`,
  files: [
    { path: "added.txt", before: null, after: 1_200 },
    { path: "gone.txt", before: 300, after: null },
    { path: "index.mjs", before: 12_100, after: 14_000 },
  ],
  packages: [
    { name: "hono", before: null, after: "4.9.0" },
    { name: "zod", before: "4.0.0", after: "4.1.0" },
  ],
  zipBytes: { before: 10_000, after: 14_100 },
  ...overrides,
});

const lines = (given: Difference, limit = 10): readonly string[] =>
  formatDifference(given, plainColors, limit);

describe("formatDifference", () => {
  it("counts, then names packages and files, aligned", () => {
    expect(lines(difference())).toEqual([
      "    +1 −1 ~1 files, 2 packages, +4.1 kB zipped",
      "      + hono  4.9.0",
      "      ~ zod   4.0.0 → 4.1.0",
      "      + added.txt   1.2 kB",
      "      − gone.txt     300 B",
      "      ~ index.mjs  12.1 kB → 14.0 kB",
    ]);
  });

  it("shows as many as it may, and says how many more there are", () => {
    const sizes = Array.from({ length: 13 }, (_, n) => n + 1);
    const files = sizes.map((after, n) => ({ path: `f${n}`, before: null, after }));
    const shown = lines(difference({ files, packages: null }));
    expect(shown).toHaveLength(12);
    expect(shown.at(-1)).toBe("      … 3 more files (--diff)");
    expect(shown[1]).toBe("      + f3    4 B");
    expect(lines(difference({ files, packages: null }), Number.POSITIVE_INFINITY)).toHaveLength(14);
    expect(lines(difference({ files }), 0)).toEqual(["    +13 files, 2 packages, +4.1 kB zipped"]);
  });

  it("stays within 80 columns", () => {
    const path = `node_modules/${"a-long-name/".repeat(9)}index.js`;
    const files = [{ path, before: 111_900_000, after: 112_900_000 }];
    for (const line of lines(difference({ files }))) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines(difference({ files })).at(-1)).toContain("…");
  });

  it("says when only the packing differs, and when it gets smaller", () => {
    const zipBytes = { before: 2_000, after: 1_000 };
    expect(lines(difference({ files: [], packages: [], zipBytes }))).toEqual([
      "    the same files, packed otherwise, −1.0 kB zipped",
    ]);
  });
});

describe("differenceLines", () => {
  it("only counts where many targets change, unless everything is asked for", () => {
    const row = { difference: difference() } as TargetReport;
    const of = (count: number, everything: boolean): number => {
      const report = { targets: Array.from({ length: count }, () => row) } as unknown as Report;
      return differenceLines(report, plainColors, everything)(row).length;
    };
    expect([of(5, false), of(6, false), of(6, true)]).toEqual([6, 1, 6]);
    expect(differenceLines({ targets: [] }, plainColors, true)({} as TargetReport)).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { formatTable } from "../table.ts";
import { packagesTable } from "./packages-table.ts";

const own = { name: "sluice build", arm: 29e6, x86: 30e6, problem: "" };

it("holds the machine that came off worse against each other's zip", () => {
  const uv = { name: "uv", arm: 40e6, x86: 33e6, problem: "ImportError: numpy" };
  expect(formatTable(packagesTable(own, [uv])).split("\n")).toEqual([
    "zips, in MB                    arm64       x86_64     both  goal",
    "  sluice build                 29.00        30.00    59.00  ✓ x86_64 runs",
    "  ÷ uv                        0.72 ×       0.91 ×   0.81 ×  ✗ ≤ 0.90 ×",
    "  uv                           40.00        33.00    73.00  ✗ x86_64 runs",
    "  pip compiles modules for its own Python unless told otherwise; uv does not.",
    "  uv: ImportError: numpy",
  ]);
});

it("says when handlers cannot be called", () => {
  const table = packagesTable({ ...own, problem: null }, []);
  expect(table.rows[0]?.goals).toEqual([]);
  expect(table.notes[1]).toContain("Python 3.13");
});

import { expect, it } from "vitest";
import { atMost, describeCalls, ratioRow, timeRow } from "./rows.ts";
import { formatTable, wrap } from "./table.ts";

const own = {
  name: "sluice deploy",
  milliseconds: [900, 1000, 1100],
  operations: [["A"], ["A", "B"], ["B", "A", "B"]],
};
const other = { name: "other", milliseconds: [2000, 2000, 2000], operations: [["A"], ["A"], ["A"]] };

it("aligns figures and marks goals as met or missed", () => {
  const rows = [
    timeRow(own, [atMost(2, 5, "5 calls"), atMost(1, 0.45, "0.45 s")]),
    ratioRow(own, other, (ratio) => atMost(ratio, 1, "1.00 ×")),
    timeRow(other),
  ];
  expect(formatTable({ title: "changed", rows, notes: ["A note."] }).split("\n")).toEqual([
    "changed                       median      min–max    calls  goal",
    "  sluice deploy               1.00 s    0.90–1.10  2 (1–3)  ✓ ≤ 5 calls",
    "                                                            ✗ ≤ 0.45 s",
    "  ÷ other                     0.50 ×    0.45–0.55           ✓ ≤ 1.00 ×",
    "  other                       2.00 s    2.00–2.00        1",
    "  A note.",
  ]);
});

it("breaks notes at 80 columns", () => {
  const lines = wrap("word ".repeat(40).trim(), "  ");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.map((line) => line.trim()).join(" ")).toBe("word ".repeat(40).trim());
});

it("names the calls of the last run", () => {
  expect(describeCalls(own)).toBe("B ×2, A");
});

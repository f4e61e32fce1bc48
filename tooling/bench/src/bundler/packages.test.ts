import { expect, it } from "vitest";
import { formatTable } from "../table.ts";
import { packagesTable } from "./packages.ts";

const own = { name: "sluice build", sizes: [1_000_000, 1_000_000, 2_000_000], packages: 3, problems: [] };

it("holds the total against a peer's, and says what does not load", () => {
  const floor = { name: "floor", sizes: [1_000_000, 1_000_000, 1_900_000], packages: 3, problems: [] };
  const osls = {
    ...{ name: "osls 4.3.1", sizes: [2_000_000, 2_000_000, 2_000_000], packages: 3 },
    problems: ["b.mjs: exports no function `handler`"],
  };
  const cdk = { name: "CDK 2", sizes: [], packages: 3, problems: [] };
  expect(formatTable(packagesTable([own], [floor, osls, cdk], "osls 4.3.1")).split("\n")).toEqual([
    "packages                      median      min–max total MB  goal",
    "  sluice build               1.00 MB    1.00–2.00     4.00  ✓ 3 of 3 load",
    "  ÷ floor                                           1.03 ×",
    "  ÷ osls 4.3.1                                      0.67 ×  ✓ ≤ 0.85 ×",
    "  floor                      1.00 MB    1.00–1.90     3.90  ✓ 3 of 3 load",
    "  osls 4.3.1                 2.00 MB    2.00–2.00     6.00  ✗ 2 of 3 load",
    "  CDK 2                                                     ✓ 3 of 3 load",
    "  osls 4.3.1: b.mjs: exports no function `handler`",
  ]);
});

it("misses the goal above 0.85", () => {
  const table = packagesTable([own], [{ ...own, name: "osls", sizes: [4_500_000] }], "osls");
  expect(table.rows[1]?.goals).toEqual([{ text: "≤ 0.85 ×", met: false }]);
});

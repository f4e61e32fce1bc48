import { expect, it } from "vitest";
import { formatTable } from "../table.ts";
import { growthTables } from "./growth.ts";

const MIB = 2 ** 20;
const ten = { count: 10, cold: 3000, warm: 200, memory: 300 * MIB };

it("prints the curve, the memory of a hundred functions, and whether it is linear", () => {
  const hundred = { count: 100, cold: 20_000, warm: 900, memory: 1100 * MIB };
  const twoHundred = { count: 200, cold: 80_000, warm: 2000, memory: 1900 * MIB };
  const [cold, warm] = growthTables([ten, hundred, twoHundred]);
  expect(cold && formatTable(cold).split("\n").slice(0, 4)).toEqual([
    "growing, cold                   wall         each   memory  goal",
    "  10 functions                3.00 s     300.0 ms  300 MiB",
    "  100 functions              20.00 s     200.0 ms 1100 MiB  ✗ < 1 GiB",
    "  200 functions              80.00 s     400.0 ms 1900 MiB  ✗ linear from 10 on",
  ]);
  expect(warm?.rows.at(-1)?.goals).toEqual([{ text: "linear from 10 on", met: true }]);
});

it("has no goal for memory where none can be seen", () => {
  const [cold] = growthTables([{ ...ten, count: 100, memory: 0 }]);
  expect(cold?.rows[0]).toMatchObject({ calls: "" });
  expect(cold?.rows[0]?.goals.map(({ text }) => text)).toEqual(["linear from 100 on"]);
});

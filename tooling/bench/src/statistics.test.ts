import { expect, it } from "vitest";
import { ratios, summarize } from "./statistics.ts";

it("takes the middle of an odd series and the mean of the two middle ones of an even one", () => {
  expect(summarize([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
  expect(summarize([40, 10, 30, 20])).toEqual({ median: 25, min: 10, max: 40 });
  expect(() => summarize([])).toThrow("No measurements.");
});

it("sorts by number, not by text, and leaves the series as it is", () => {
  const series = [100, 9, 20];
  expect(summarize(series).median).toBe(20);
  expect(series).toEqual([100, 9, 20]);
});

it("pairs interleaved series", () => {
  expect(ratios([10, 40], [20, 20])).toEqual([0.5, 2]);
  expect(() => ratios([10], [])).toThrow("no pairs");
});

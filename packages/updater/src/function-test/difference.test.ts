import { expect, it } from "vitest";
import { firstDifference } from "./difference.ts";

it.each([
  [{ a: 1 }, { a: 1, b: 2 }],
  [{}, { a: 1 }],
  [[], []],
  [
    [{ a: 1 }, 2],
    [{ a: 1, more: true }, 2],
  ],
  [null, null],
  ["text", "text"],
  [0, -0],
])("%j is held by %j", (expected, found) => {
  expect(firstDifference(expected, found)).toBeNull();
});

it.each([
  [{ a: 1 }, { a: "1" }, "$.a"],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, "$.a.b[1]"],
  [{ "odd key": 1 }, {}, '$["odd key"]'],
  [[1, 2], [1], "$"],
  [[1], [1, 2], "$"],
  [[3, 2], [1], "$[0]"],
  [{ a: 1 }, null, "$"],
  [{ a: 1 }, [1], "$"],
  [[], {}, "$"],
  [null, undefined, "$"],
  [{ toString: 1 }, {}, "$.toString"],
  [false, 0, "$"],
])("%j is not held by %j: %s", (expected, found, path) => {
  expect(firstDifference(expected, found)?.path).toBe(path);
});

it("tells how many items there are, when each that there is, is right", () => {
  expect(firstDifference({ a: [1, 2] }, { a: [1] })?.note).toBe("expected 2 items, found 1");
});

import { expect, it } from "vitest";
import { meetsConstraint } from "./poetry-constraint.ts";

// From https://python-poetry.org/docs/dependency-specification/, each with a version at its edge.
it.each([
  ["^1.2.3", "1.2.3", "2.0.0"],
  ["^1.2", "1.9", "1.1.9"],
  ["^0.2.3", "0.2.9", "0.3.0"],
  ["^0.0.3", "0.0.3", "0.0.4"],
  ["^0.0", "0.0.9", "0.1"],
  ["^0", "0.9", "1.0"],
  ["~1.2.3", "1.2.9", "1.3.0"],
  ["~1.2", "1.2.9", "1.3"],
  ["~1", "1.9", "2.0"],
  ["1.2.*", "1.2.9", "1.3"],
  ["1.x", "1.9", "2.0"],
  ["== 1.2.3", "1.2.3", "1.2.4"],
  ["1.2.3", "1.2.3", "1.2.4"],
  [">=1.5.6,<1.5.7 || >1.5.7", "1.7.1", "1.5.7"],
  [">= 1.2 < 1.5", "1.4", "1.5"],
  ["<2|>=3", "3.1", "2.5"],
  ["~=1.4.5", "1.4.9", "1.5"],
  ["!=3.0.*, >=2.7", "3.1", "3.0.4"],
  ["=1.0", "1.0.0", "1.1"],
])("%s allows %s and not %s", (constraint, inside, outside) => {
  expect([inside, outside].map((version) => meetsConstraint(version, constraint))).toEqual([true, false]);
});

it("allows every version by a star", () => {
  expect(["*", "x", " *"].every((constraint) => meetsConstraint("9.9", constraint))).toBe(true);
});

import { expect, it } from "vitest";
import { parseCommandLine } from "./arguments.ts";
import { BENCHMARKS } from "./benchmarks.ts";

it("takes all benchmarks when none is named", () => {
  expect(parseCommandLine([])).toEqual({
    names: Object.keys(BENCHMARKS),
    runs: 7,
    isAll: false,
    isProfile: false,
    isHelp: false,
  });
});

it("takes names and options", () => {
  const parsed = parseCommandLine(["deploy", "--runs", "3", "--all", "--profile"]);
  expect(parsed).toEqual({ names: ["deploy"], runs: 3, isAll: true, isProfile: true, isHelp: false });
});

it.each([
  [["deplay"], "There is no benchmark deplay. There are: deploy, bundler"],
  [["--runs", "0"], "not 0"],
  [["--runs", "many"], "not many"],
  [["--fast"], "--fast"],
])("says what is wrong with %j", (args, problem) => {
  expect(parseCommandLine(args)).toEqual({ problem: expect.stringContaining(problem) });
});

it("loads every benchmark that it names", async () => {
  for (const { load } of Object.values(BENCHMARKS)) expect(await load()).toHaveProperty("run");
});

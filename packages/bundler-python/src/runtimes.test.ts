import { expect, it } from "vitest";
import { reviewRuntime } from "./runtimes.ts";
import { problemsOf, sourceRun } from "./testing/sources.ts";

const { fn } = sourceRun("/nowhere", { entry: "app.py" });

it.each([
  ["python2.7", /python3\.8 to python3\.14/],
  ["python3.6", /python3\.8 to python3\.14/],
  ["python", /python3\.8 to python3\.14/],
  ["python313", /Did you mean python3\.13\?/],
  ["python3.13.1", /Did you mean python3\.13\?/],
])("%s is refused", (runtime, hint) => {
  expect(problemsOf(() => reviewRuntime({ ...fn, runtime }))).toMatchObject([
    {
      code: "SLUICE_PYTHON_RUNTIME_UNKNOWN",
      where: "functions.orders.runtime",
      hint: expect.stringMatching(hint),
    },
  ]);
});

it("a newer one is taken, and told", () => {
  expect(reviewRuntime({ ...fn, runtime: "python3.15" })).toContain("python3.15");
  expect(reviewRuntime({ ...fn, runtime: "python3.14" })).toBeNull();
  expect(reviewRuntime({ ...fn, runtime: "python3.8" })).toBeNull();
});

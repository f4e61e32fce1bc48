import type { ResolvedFunction } from "@sluice/core";
import { elfLibrary } from "@sluice/test-kit";
import { describe, expect, it } from "vitest";
import type { PythonRun } from "../run.ts";
import { pythonTarget } from "../target.ts";
import { checkLibraries } from "./libraries.ts";

function runOf(runtime: string, provided: readonly string[] = []): PythonRun {
  const architecture = "arm64";
  const fn = { name: "tiny", runtime, architecture, provided } as unknown as ResolvedFunction;
  return { where: "functions.tiny", fn, target: pythonTarget(runtime, architecture) } as unknown as PythonRun;
}

const file = (path: string, libraries: readonly string[], versions: readonly string[] = []) => ({
  ...{ path, owner: "cv", isForAny: false },
  bytes: elfLibrary("arm64", { libraries, versions }),
});
const cv = file("cv/cv.so", ["libGL.so.1", "libz.so.1", "libc.so.6"]);

describe("libraries that machine code counts on", () => {
  it("are told where no runtime has them", () => {
    expect(
      checkLibraries(runOf("python3.13"), [cv, file("cv/b.so", ["libGL.so.1", "libSM.so.6"])], []),
    ).toEqual([
      "tiny: cv/cv.so, of cv, and 1 more need libGL.so.1, libSM.so.6, which neither the package nor python3.13 has: importing it fails. Take opencv-python-headless instead of opencv-python: it needs no screen.",
    ]);
  });

  it.each<[string, Parameters<typeof checkLibraries>[1], string[], string[]]>([
    ["the package brings", [cv, file("cv.libs/libGL.so.1", [])], [], []],
    ["a layer brings", [cv], ["lib/libGL.so.1"], []],
    ["somebody else's layer is said to have", [cv], [], ["lib/libGL.so.1"]],
    [
      "a file for another machine needs",
      [{ ...cv, bytes: elfLibrary("x86_64", { libraries: ["libGL.so.1"] }) }],
      [],
      [],
    ],
  ])("are not what %s", (_what, files, layers, provided) => {
    expect(checkLibraries(runOf("python3.13", provided), files, layers)).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ["python3.13", "GLIBCXX_3.4.29", true],
    ["python3.13", "GLIBCXX_3.4.30", false],
    ["python3.13", "CXXABI_1.3.14", false],
    ["python3.13", "CXXABI_FLOAT128", true],
    ["python3.11", "GLIBCXX_3.4.24", true],
    ["python3.11", "GLIBCXX_3.4.25", false],
  ])("%s has a libstdc++ with %s: %s", (runtime, version, fits) => {
    const own = file("x.so", ["libstdc++.so.6"], [version]);
    const check = (others: readonly (typeof own)[]) => () =>
      checkLibraries(runOf(runtime), [own, ...others], []);
    if (fits) expect(check([])).not.toThrow();
    else expect(check([])).toThrow(`x.so, of cv, is built for a newer libstdc++ (${version}) than`);
    expect(check([file("cv.libs/libstdc++.so.6", [])])).not.toThrow();
  });
});

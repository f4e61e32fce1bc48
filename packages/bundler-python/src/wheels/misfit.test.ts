import { expect, test } from "vitest";
import { type PythonTarget, pythonTarget } from "../target.ts";
import { explainMisfit } from "./misfit.ts";

test.each([
  [
    "python3.11",
    [
      "cp311-cp311-manylinux_2_27_aarch64.manylinux_2_28_aarch64",
      "cp311-cp311-manylinux_2_28_x86_64",
      "cp312-cp312-win_amd64",
    ],
    "its wheels for python3.11 on aarch64 need glibc 2.27, and the runtime has 2.26",
  ],
  [
    "python3.13",
    [
      "cp39-cp39-manylinux2014_aarch64",
      "cp312-cp312-manylinux2014_aarch64",
      "cp313-cp313t-manylinux_2_28_aarch64",
      "cp313-cp313-win_amd64",
    ],
    "its wheels are for Python 3.9, 3.12, 3.13t, and none is for 3.13",
  ],
  ["python3.13", ["py2-none-any"], "its wheels are for Python 2, and none is for 3.13"],
  [
    "python3.13",
    ["pp310-pypy310_pp73-manylinux2014_aarch64"],
    "its wheels are for Python PyPy 3.10, and none is for 3.13",
  ],
  [
    "python3.13",
    ["cp313-cp313-manylinux1_x86_64", "cp313-cp313-linux_armv7l", "cp313-cp313-macosx_11_0_arm64"],
    "its wheels for Linux are for armv7l, x86_64, and none is for aarch64",
  ],
  [
    "python3.13",
    ["cp313-cp313-musllinux_1_2_aarch64", "cp313-cp313-win_arm64"],
    "its wheels for Linux are for musl alone, and the runtime has glibc",
  ],
  ["python3.13", ["cp313-cp313-win32", "py3-none-win_amd64"], "its wheels are for Windows alone"],
  [
    "python3.13",
    ["cp313-cp313-ios_13_0_arm64_iphoneos", "cp313-cp313-macosx_11_0_arm64", "cp313-cp313-win32"],
    "its wheels are for another system, macOS, Windows alone",
  ],
  ["python3.13", [], "it has no wheel"],
])("%s: %j", (runtime, tags, reason) => {
  const names = [...tags.map((tag) => `pkg-1.0-${tag}.whl`), "pkg-1.0.tar.gz"];
  expect(explainMisfit(names, pythonTarget(runtime, "arm64") as PythonTarget)).toBe(reason);
});

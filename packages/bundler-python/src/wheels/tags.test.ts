import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type PythonTarget, pythonTarget } from "../target.ts";
import { rankOf, supportedTags } from "./tags.ts";

function targetOf(runtime: string, architecture: "x86_64" | "arm64"): PythonTarget {
  const target = pythonTarget(runtime, architecture);
  if (target === null) throw new Error(`${runtime} is not Python's`);
  return target;
}

// SHA-256 of all tags, a line each, as `packaging` 21.3 (pip 23.2) and 26.3 give them: `cpython_tags` and `compatible_tags` for
// the manylinux platforms of that glibc, their old names, and linux_ARCHITECTURE.
test.each([
  ["python3.9", "x86_64", 558, "4a83b50aed62a6a3dd0e983af6c742df523e1772bf99728c370bab58f92a3b32"],
  ["python3.11", "arm64", 314, "9feca03cd7e99ad6fdaa02cc2a8f23f3137826bdf70f21f6ce4393a7ec2d114f"],
  ["python3.12", "x86_64", 933, "3cc55d7ef22be035ceac565feca8d2b04a5de432bdcac421eacdfb1c92e2f06a"],
  ["python3.13", "arm64", 596, "772572fe054b3fc7ac4c5b6b1e31fc628b9f338e9d62950f4584df6d551662ca"],
  ["python3.14", "x86_64", 1071, "91ac1af28cc5a25d052d06c860269e6fd70b89ec85c0ea67b624dddeab6f34b4"],
] as const)("the tags of %s on %s are pip's, in its order", (runtime, architecture, count, sha256) => {
  const tags = supportedTags(targetOf(runtime, architecture));
  expect(tags).toHaveLength(count);
  expect(createHash("sha256").update(tags.join("\n")).digest("hex")).toBe(sha256);
});

test("the order reads as it should", () => {
  const tags = supportedTags(targetOf("python3.13", "arm64"));
  const places = [
    "cp313-cp313-manylinux_2_34_aarch64",
    "cp313-cp313-manylinux_2_17_aarch64",
    "cp313-cp313-manylinux2014_aarch64",
    "cp313-cp313-linux_aarch64",
    "cp313-abi3-manylinux_2_34_aarch64",
    "cp313-none-manylinux_2_34_aarch64",
    "cp312-abi3-manylinux_2_28_aarch64",
    "cp37-abi3-manylinux2014_aarch64",
    "py313-none-manylinux_2_17_aarch64",
    "py3-none-manylinux_2_17_aarch64",
    "cp313-none-any",
    "py3-none-any",
    "py38-none-any",
  ].map((tag) => tags.indexOf(tag));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places[0]).toBe(0);
});

test.each([
  "cp313-cp313t-manylinux_2_28_aarch64",
  "cp313-cp313-musllinux_1_2_aarch64",
  "cp313-cp313-manylinux_2_28_x86_64",
  "cp313-cp313-manylinux_2_35_aarch64",
  "cp313-cp313-macosx_11_0_arm64",
  "cp314-abi3-manylinux_2_28_aarch64",
  "cp312-cp312-manylinux_2_28_aarch64",
  "py2-none-any",
  "py314-none-any",
  "pp310-pypy310_pp73-manylinux_2_28_aarch64",
])("%s does not fit", (tag) => {
  expect(rankOf([tag], targetOf("python3.13", "arm64"))).toBeNull();
});

test("Amazon Linux 2 has glibc 2.26", () => {
  const target = targetOf("python3.11", "x86_64");
  expect(rankOf(["cp311-cp311-manylinux_2_28_x86_64"], target)).toBeNull();
  expect(rankOf(["cp311-cp311-manylinux_2_26_x86_64"], target)).toBe(0);
});

import { expect, test } from "vitest";
import { type PythonTarget, pythonTarget } from "../target.ts";
import { chooseWheel } from "./choose.ts";

const target = pythonTarget("python3.13", "arm64") as PythonTarget;

function choose(filenames: readonly string[]): string | null {
  const candidates = filenames.map((filename) => ({ filename, sha256: null }));
  const [chosen, again] = [candidates, candidates.toReversed()].map((list) => chooseWheel(list, target));
  expect(chosen).toBe(again);
  return chosen?.filename ?? null;
}

test("takes the most specific wheel", () => {
  expect(
    choose([
      "charset_normalizer-3.5.2-py3-none-any.whl",
      "charset_normalizer-3.5.2-cp37-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl",
      "charset_normalizer-3.5.2-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      "charset_normalizer-3.5.2-cp313-cp313-musllinux_1_2_aarch64.whl",
      "charset_normalizer-3.5.2-cp314-cp314-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    ]),
  ).toBe("charset_normalizer-3.5.2-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64.whl");
});

test("takes the newest stable ABI and the newest glibc that the runtime has", () => {
  expect(
    choose(["c-1-cp37-abi3-manylinux_2_34_aarch64.whl", "c-1-cp311-abi3-manylinux_2_17_aarch64.whl"]),
  ).toBe("c-1-cp311-abi3-manylinux_2_17_aarch64.whl");
  expect(
    choose([
      "c-1-cp311-abi3-manylinux_2_28_aarch64.whl",
      "c-1-cp311-abi3-manylinux_2_34_aarch64.whl",
      "c-1-cp311-abi3-manylinux_2_35_aarch64.whl",
    ]),
  ).toBe("c-1-cp311-abi3-manylinux_2_34_aarch64.whl");
});

test("takes the highest build, as a number; then the name decides", () => {
  expect(choose(["a-1-py3-none-any.whl", "a-1-9-py3-none-any.whl", "a-1-10-py3-none-any.whl"])).toBe(
    "a-1-10-py3-none-any.whl",
  );
  expect(choose(["a-1-2b-py3-none-any.whl", "a-1-2a-py3-none-any.whl"])).toBe("a-1-2b-py3-none-any.whl");
  expect(choose(["a-1-py3-none-any.whl", "a-1-py2.py3-none-any.whl"])).toBe("a-1-py2.py3-none-any.whl");
});

test("a better tag goes before a higher build", () => {
  expect(choose(["a-1-9-py3-none-any.whl", "a-1-cp313-none-any.whl"])).toBe("a-1-cp313-none-any.whl");
});

test("nothing fits", () => {
  expect(choose([])).toBeNull();
  expect(choose(["a-1.tar.gz", "a-1-cp313-cp313-win_arm64.whl", "a-1-py3-none-any.egg"])).toBeNull();
});

test("only files with an allowed sum are taken", () => {
  const [one, other] = ["a".repeat(64), "b".repeat(64)];
  const candidates = [
    { filename: "a-1-cp313-cp313-manylinux_2_17_aarch64.whl", sha256: one },
    { filename: "a-1-py3-none-any.whl", sha256: other },
    { filename: "a-1-cp313-none-any.whl", sha256: null },
  ];
  expect(chooseWheel(candidates, target, [other.toUpperCase()])?.sha256).toBe(other);
  expect(chooseWheel(candidates, target, [one, other])?.sha256).toBe(one);
  expect(chooseWheel(candidates, target, [])).toBeNull();
});

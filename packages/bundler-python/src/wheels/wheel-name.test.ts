import { expect, test } from "vitest";
import { normalizeName, parseWheelName } from "./wheel-name.ts";

test("takes a name apart", () => {
  expect(
    parseWheelName("Zope.Interface-6.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
  ).toEqual({
    name: "zope-interface",
    version: "6.0",
    build: null,
    tags: ["cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313-manylinux2014_x86_64"],
  });
});

test("compressed sets multiply", () => {
  expect(parseWheelName("six-1.17.0-py2.py3-none.abi3-any.whl")?.tags).toEqual([
    "py2-none-any",
    "py2-abi3-any",
    "py3-none-any",
    "py3-abi3-any",
  ]);
});

test("build tags are a number and a rest", () => {
  expect(parseWheelName("a-1-12-py3-none-any.whl")?.build).toEqual([12, ""]);
  expect(parseWheelName("a-1-3_local-py3-none-any.whl")?.build).toEqual([3, "_local"]);
});

test("epochs and local versions stand as they are", () => {
  expect(parseWheelName("a-1!2.0+cu121.with_x-py3-none-any.whl")?.version).toBe("1!2.0+cu121.with-x");
});

test.each([
  "a-1.0.tar.gz",
  "a-1.0-py3-none-any.zip",
  "a-1.0-py3-none.whl",
  "a-1.0-x-py3-none-any.whl",
  "a-1.0-1-2-py3-none-any.whl",
  "-1.0-py3-none-any.whl",
  "../a-1.0-py3-none-any.whl",
  "a b-1.0-py3-none-any.whl",
])("%s is not the name of a wheel", (filename) => {
  expect(parseWheelName(filename)).toBeNull();
});

test("names are normalized as PEP 503 has it", () => {
  expect(["Foo.Bar", "foo--bar", "FOO_-.bar"].map(normalizeName)).toEqual(["foo-bar", "foo-bar", "foo-bar"]);
});

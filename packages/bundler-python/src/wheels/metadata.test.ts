import { expect, test } from "vitest";
import { makeWheel } from "../testing/wheels.ts";
import { readMetadata, type WheelMetadata } from "./metadata.ts";
import { openWheel } from "./wheel.ts";

function metadataOf(metadata: readonly string[], files: Record<string, string> = {}): WheelMetadata {
  const { filename, bytes } = makeWheel({ name: "Py.YAML", version: "6.0", metadata, files });
  return readMetadata(openWheel(filename, bytes));
}

test("reads what the inventory shows", () => {
  const metadata = metadataOf([
    "requires-dist: cffi>=2 ; platform_python_implementation != 'PyPy'",
    "Requires-Dist: six",
    "Provides-Extra: Dev_Tools",
    "Requires-Python: >=3.9",
    "License-Expression: MIT OR Apache-2.0",
    "License: something else",
    "",
    "Requires-Dist: in-the-description",
  ]);
  expect(metadata).toEqual({
    name: "Py.YAML",
    version: "6.0",
    license: "MIT OR Apache-2.0",
    requires: ["cffi>=2 ; platform_python_implementation != 'PyPy'", "six"],
    extras: ["dev-tools"],
    requiresPython: ">=3.9",
    entryPoints: {},
  });
});

test.each([
  [
    ["Classifier: License :: OSI Approved", "Classifier: License :: OSI Approved :: MIT License"],
    "MIT License",
  ],
  [
    ["Classifier: License :: OSI Approved :: A", "Classifier: License :: OSI Approved :: B", "License: C"],
    "A, B",
  ],
  [["License: BSD-3-Clause", "Classifier: Topic :: Internet"], "BSD-3-Clause"],
  [["License: Permission is hereby granted", "        free of charge"], null],
  [[`License: ${"long ".repeat(40)}`], null],
  [["License: UNKNOWN"], null],
  [[], null],
])("the licence of %j is %s", (lines, license) => {
  expect(metadataOf(lines).license).toBe(license);
});

test("reads entry points", () => {
  const text = "# tools\n[console_scripts]\ntool = pkg.cli:main [extra]\n\n[a.b]\r\nx=y:z\r\n; old\n";
  expect(metadataOf([], { "Py_YAML-6.0.dist-info/entry_points.txt": text }).entryPoints).toEqual({
    console_scripts: { tool: "pkg.cli:main [extra]" },
    "a.b": { x: "y:z" },
  });
});

test("METADATA without a name or version: the file name says them", () => {
  const metadata = metadataOf([], { "Py_YAML-6.0.dist-info/METADATA": "Metadata-Version: 2.1\r\n" });
  expect(metadata).toMatchObject({ name: "py-yaml", version: "6.0", requires: [], license: null });
});

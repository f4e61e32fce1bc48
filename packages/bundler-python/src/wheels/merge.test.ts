import { expect, test } from "vitest";
import { type Merged, type MergePart, mergeWheels } from "./merge.ts";

function part(name: string, files: Readonly<Record<string, string>>): MergePart {
  return {
    name,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
      deflated: null,
      executable: false,
    })),
  };
}

/** Merges in both orders, which must not matter, and shows path → [package, text]. */
function merge(...parts: MergePart[]): {
  files: Record<string, [string, string]>;
  notices: readonly string[];
} {
  const [merged, reversed] = [mergeWheels(parts), mergeWheels(parts.toReversed())] as [Merged, Merged];
  expect(reversed).toEqual(merged);
  const files = Object.fromEntries(
    merged.files.map((file): [string, [string, string]] => [
      file.path,
      [file.package, Buffer.from(file.bytes).toString()],
    ]),
  );
  return { files, notices: merged.notices };
}

const PKGUTIL = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n';
const PKG_RESOURCES = `# Copyright
try:
    import pkg_resources
    pkg_resources.declare_namespace(__name__)
except ImportError:
    import pkgutil
    __path__ = pkgutil.extend_path(__path__, __name__)
`;
const PKG_RESOURCES_ALONE = "__import__('pkg_resources').declare_namespace(__name__)\n";

test("files are sorted, and the same bytes twice are nobody's trouble", () => {
  const { files, notices } = merge(
    part("b", { "z.py": "1", "shared.txt": "s" }),
    part("a", { "shared.txt": "s" }),
  );
  expect(Object.keys(files)).toEqual(["shared.txt", "z.py"]);
  expect(notices).toEqual([]);
});

test("of different contents the first package's are packed, and both packages are named once", () => {
  const { files, notices } = merge(
    part("opencv-python-headless", { "cv2/__init__.py": "x = 2", "cv2/cv2.so": "two" }),
    part("opencv-python", { "cv2/__init__.py": "x = 1", "cv2/cv2.so": "one" }),
  );
  expect(files).toEqual({
    "cv2/__init__.py": ["opencv-python", "x = 1"],
    "cv2/cv2.so": ["opencv-python", "one"],
  });
  expect(notices).toEqual([
    "opencv-python and opencv-python-headless both have cv2/__init__.py and 1 more, with different contents: the former's is packed.",
  ]);
});

test.each([
  ["code goes before a marker", PKGUTIL, "VERSION = 1\n"],
  ["code goes before nothing", "", "VERSION = 1\n"],
  ["pkgutil goes before nothing", "# only a comment\n", PKGUTIL],
  ["pkgutil goes before pkg_resources", PKG_RESOURCES_ALONE, PKGUTIL],
  ["both ways in one go before pkg_resources alone", PKG_RESOURCES_ALONE, PKG_RESOURCES],
  [
    "nothing goes before pkg_resources alone, which needs setuptools",
    PKG_RESOURCES_ALONE,
    '"""A namespace."""\n',
  ],
])("__init__.py: %s, without a notice", (_, lesser, greater) => {
  for (const [a, b] of [
    [lesser, greater],
    [greater, lesser],
  ] as const) {
    const { files, notices } = merge(part("a", { "ns/__init__.py": a }), part("b", { "ns/__init__.py": b }));
    expect(files["ns/__init__.py"]?.[1]).toBe(greater);
    expect(notices).toEqual([]);
  }
});

test("a file that is executable in one of them is so", () => {
  const [a, b] = [part("a", { run: "#!" }), part("b", { run: "#!" })];
  const executable = { ...b, files: b.files.map((file) => ({ ...file, executable: true })) };
  expect(mergeWheels([a, executable]).files).toMatchObject([{ path: "run", package: "b", executable: true }]);
});

import { expect, test } from "vitest";
import { type PythonTarget, pythonTarget } from "../target.ts";
import { type Pylock, type PylockOptions, readPylock } from "./read-pylock.ts";

const SHA = "ab".repeat(32);
const OTHER_SHA = "cd".repeat(32);

function targetOf(runtime: string): PythonTarget {
  const target = pythonTarget(runtime, "arm64");
  if (target === null) throw new Error(`${runtime} is not Python's`);
  return target;
}

function read(packages: string, options: Partial<PylockOptions> & { runtime?: string } = {}): Pylock {
  const { runtime = "python3.13", ...rest } = options;
  return readPylock(packages.includes("lock-version") ? packages : `lock-version = "1.0"\n${packages}`, {
    folder: "/repo/api",
    target: targetOf(runtime),
    extras: [],
    groups: [],
    where: "pylock.toml",
    ...rest,
  });
}

const wheelOf = (filename: string): string =>
  `{ url = "https://files.example/${filename}", hashes = { sha256 = "${SHA}" } }`;

const packageOf = (name: string, rest = ""): string =>
  `[[packages]]\nname = "${name}"\nversion = "1.0"\nwheels = [${wheelOf(`${name}-1.0-py3-none-any.whl`)}]\n${rest}\n`;

test("chooses the wheel for the target, with its address and sum", () => {
  const lock = `[[packages]]
name = "Charset_Normalizer"
version = "3.5.2"
sdist = { url = "https://files.example/charset_normalizer-3.5.2.tar.gz", hashes = { sha256 = "${OTHER_SHA}" } }
wheels = [
  { url = "https://files.example/charset_normalizer-3.5.2-py3-none-any.whl", hashes = { sha256 = "${OTHER_SHA}" } },
  { url = "https://me:secret@files.example/x%2B/charset_normalizer-3.5.2-cp313-cp313-manylinux_2_28_aarch64.whl#sha256=1", size = 5, upload-time = 2026-09-30T04:39:21Z, hashes = { sha256 = "${SHA.toUpperCase()}" } },
  { url = "https://files.example/charset_normalizer-3.5.2-cp313-cp313-win_amd64.whl", hashes = { sha256 = "${OTHER_SHA}" } },
]`;
  const { wheels, projects, flaws } = read(lock);
  expect(wheels).toEqual([
    {
      name: "charset-normalizer",
      version: "3.5.2",
      filename: "charset_normalizer-3.5.2-cp313-cp313-manylinux_2_28_aarch64.whl",
      from: {
        url: "https://files.example/x%2B/charset_normalizer-3.5.2-cp313-cp313-manylinux_2_28_aarch64.whl",
      },
      sha256: SHA,
      sizeBytes: 5,
    },
  ]);
  expect([projects, flaws]).toEqual([[], []]);
});

test("several versions of one package: the marker decides", () => {
  const lock = ["< '3.11'", "== '3.11.*'", ">= '3.12'"]
    .map(
      (range, index) =>
        `[[packages]]\nname = "numpy"\nversion = "2.${index}"\nmarker = "python_full_version ${range}"\nwheels = [${wheelOf(`numpy-2.${index}-py3-none-any.whl`)}]\n`,
    )
    .join("");
  const versionFor = (runtime: string): string[] =>
    read(lock, { runtime }).wheels.map(({ version }) => version);
  expect(versionFor("python3.10")).toEqual(["2.0"]);
  expect(versionFor("python3.11")).toEqual(["2.1"]);
  expect(versionFor("python3.14")).toEqual(["2.2"]);
});

// What `uv export --format pylock.toml` 0.13.9 prints for a workspace member, a wheel by path, and one by address.
const UV = `
created-by = "uv"
lock-version = "1.0"
requires-python = ">=3.10"

[[packages]]
name = "colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
index = "https://pypi.org/simple"
sdist = { url = "https://files.example/colorama-0.4.6.tar.gz", upload-time = 2022-10-25T02:36:22Z, size = 27697, hashes = { sha256 = "${SHA}" } }
wheels = [${wheelOf("colorama-0.4.6-py2.py3-none-any.whl")}]

[[packages]]
name = "demo"
directory = { path = ".", editable = true }

[[packages]]
name = "lib"
directory = { path = "../lib", subdirectory = "python", editable = true }

[[packages]]
name = "my-pkg"
version = "1.0"
archive = { path = "whl/my_pkg-1.0-py3-none-any.whl", hashes = { sha256 = "${SHA}" } }

[[packages]]
name = "six"
version = "1.17.0"
archive = { url = "https://files.example/six-1.17.0-py2.py3-none-any.whl", hashes = { sha256 = "${SHA}" } }
`;

test("reads what uv exports", () => {
  expect(read(UV)).toEqual({
    wheels: [
      {
        name: "my-pkg",
        version: "1.0",
        filename: "my_pkg-1.0-py3-none-any.whl",
        from: { path: "/repo/api/whl/my_pkg-1.0-py3-none-any.whl" },
        sha256: SHA,
      },
      {
        name: "six",
        version: "1.17.0",
        filename: "six-1.17.0-py2.py3-none-any.whl",
        from: { url: "https://files.example/six-1.17.0-py2.py3-none-any.whl" },
        sha256: SHA,
      },
    ],
    projects: [
      { name: "demo", path: "/repo/api" },
      { name: "lib", path: "/repo/lib/python" },
    ],
    flaws: [],
  });
});

test("extras and groups select packages, default groups among them", () => {
  const lock = `extras = ["http"]\ndependency-groups = ["dev", "main"]\ndefault-groups = ["main"]\n${[
    packageOf("a", `marker = "'http' in extras"`),
    packageOf("b", `marker = "'dev' in dependency_groups"`),
    packageOf("c", `marker = "'main' in dependency_groups"`),
  ].join("")}`;
  const names = (options: Partial<PylockOptions>): string[] =>
    read(lock, options).wheels.map(({ name }) => name);
  expect(names({})).toEqual(["c"]);
  expect(names({ extras: ["HTTP"], groups: ["dev"] })).toEqual(["a", "b", "c"]);
  expect(() => names({ extras: ["htpp"] })).toThrow(
    expect.objectContaining({
      code: "SLUICE_PYTHON_PYLOCK_SELECTION",
      message: 'The lockfile has no extra "htpp". It has: http.',
    }),
  );
  expect(() => names({ groups: ["test"] })).toThrow(/no group "test". It has: dev, main/);
});

test.each([
  [
    "no-wheel",
    `wheels = [${wheelOf("p-1.0-cp313-cp313-win_amd64.whl")}, ${wheelOf("p-1.0-cp312-cp312-manylinux_2_28_aarch64.whl")}]`,
    ["p-1.0-cp313-cp313-win_amd64.whl", "p-1.0-cp312-cp312-manylinux_2_28_aarch64.whl"],
  ],
  ["source-only", `sdist = ${wheelOf("p-1.0.tar.gz")}`, ["p-1.0.tar.gz"]],
  ["source-only", `archive = ${wheelOf("p-1.0.zip")}`, ["p-1.0.zip"]],
  ["vcs", `vcs = { type = "git", url = "https://git.example/p", commit-id = "1234" }`, []],
  ["requires-python", `requires-python = ">=3.14"\nwheels = [${wheelOf("p-1.0-py3-none-any.whl")}]`, []],
  [
    "hash",
    `wheels = [{ url = "https://files.example/p-1.0-py3-none-any.whl", hashes = { sha512 = "00" } }]`,
    ["p-1.0-py3-none-any.whl"],
  ],
])("%s is a flaw, with the files that there are", (kind, source, files) => {
  const { flaws, wheels } = read(`[[packages]]\nname = "P"\nversion = "1.0"\n${source}`);
  expect(flaws).toMatchObject([{ name: "p", version: "1.0", kind, files }]);
  expect(wheels).toEqual([]);
});

test("two entries for one target are a flaw", () => {
  const { flaws, wheels } = read(packageOf("a") + packageOf("A"));
  expect(flaws).toMatchObject([{ name: "a", kind: "ambiguous", why: expect.stringContaining("1.0, 1.0") }]);
  expect(wheels).toEqual([]);
});

test("sums that somebody else allows are asked for too", () => {
  const allowing = (sum: string): Pylock => read(packageOf("a"), { allowedHashes: new Map([["a", [sum]]]) });
  expect(allowing(SHA).wheels).toHaveLength(1);
  expect(allowing(OTHER_SHA).flaws).toMatchObject([{ name: "a", kind: "hash" }]);
});

test("a path and a sum that nobody tells; an address of a file", () => {
  const lock = `[[packages]]\nname = "a"\nwheels = [{ path = "../links/a-2.0-py3-none-any.whl" }]
[[packages]]\nname = "b"\nwheels = [{ url = "file:///links/b%201/b-1-py3-none-any.whl", name = "b-1-py3-none-any.whl" }]
[[packages]]\nname = "c"\narchive = { path = "c-1.0.tar.gz" }`;
  const { wheels, projects } = read(lock);
  expect(wheels).toMatchObject([
    { version: "2.0", from: { path: "/repo/links/a-2.0-py3-none-any.whl" }, sha256: null },
    { version: "1", from: { path: "/links/b 1/b-1-py3-none-any.whl" }, sha256: null },
  ]);
  expect(projects).toEqual([{ name: "c", path: "/repo/api/c-1.0.tar.gz" }]);
});

test.each([
  ["SLUICE_PYTHON_PYLOCK_TARGET", `requires-python = ">=3.14"`, "needs Python >=3.14, and python3.13"],
  ["SLUICE_PYTHON_PYLOCK_TARGET", `environments = ["sys_platform == 'win32'"]`, "Linux arm64"],
  ["SLUICE_PYTHON_PYLOCK_INVALID", `packages = 3`, "`packages` is not a list of tables"],
  ["SLUICE_PYTHON_PYLOCK_INVALID", "[[packages]]\nversion = '1'", "no `name`"],
  ["SLUICE_PYTHON_PYLOCK_INVALID", "[[packages]]\nname = 'a'", "names no file"],
  [
    "SLUICE_PYTHON_PYLOCK_INVALID",
    "[[packages]]\nname = 'a'\nwheels = [{ url = 'a.whl' }]",
    "no valid `url`",
  ],
  ["SLUICE_PYTHON_PYLOCK_INVALID", "[[packages]]\nname = 'a'\nwheels = [{ }]", "neither `url` nor `path`"],
  [
    "SLUICE_PYTHON_PYLOCK_INVALID",
    "[[packages]]\nname = 'a'\nwheels = [{ url = 'ftp://x/a.whl' }]",
    "neither http",
  ],
  [
    "SLUICE_PYTHON_PYLOCK_INVALID",
    "[[packages]]\nname = 'a'\narchive = { path = 'a', hashes = { sha256 = 'x' } }",
    "64",
  ],
  ["SLUICE_PYTHON_PYLOCK_INVALID", "lock-version = '2.0'", 'version "2.0"'],
  ["SLUICE_PYTHON_PYLOCK_INVALID", "# lock-version", "no `lock-version`"],
  ["SLUICE_PYTHON_PYLOCK_INVALID", "lock-version = ", "not TOML"],
  ["SLUICE_PYTHON_MARKER_INVALID", packageOf("a", `marker = "os_name = 'nt'"`), "cannot be read"],
])("%s: %s", (code, text, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test("a later minor version of the format, and a patch version of Python that is not known, are fine", () => {
  expect(read(`lock-version = "1.7"\nrequires-python = ">=3.13.4"\n${packageOf("a")}`).wheels).toHaveLength(
    1,
  );
});

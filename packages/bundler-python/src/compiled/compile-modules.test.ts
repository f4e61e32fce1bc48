import { execFileSync } from "node:child_process";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { anyPython, type Python } from "../check/find-python.ts";
import type { PythonRun } from "../run.ts";
import { compileModules } from "./compile-modules.ts";
import { normalizeMarshal } from "./marshal.ts";

const TIMEOUT = { timeout: 120_000 };

async function somePython(): Promise<Python> {
  const python = await anyPython({ env: process.env, signal: AbortSignal.timeout(60_000) });
  if (python === null) throw new Error("The tests need a Python.");
  return python;
}

function runFor(minor: number, changes: { env?: object; signal?: AbortSignal } = {}): PythonRun {
  const context = {
    env: { ...process.env, ...changes.env },
    signal: changes.signal ?? AbortSignal.timeout(60_000),
  };
  return { where: "functions.a", target: { minor }, context } as unknown as PythonRun;
}

const file = (path: string, text: string) => ({
  ...{ path, bytes: Buffer.from(text), executable: false },
  deflated: Buffer.from("as in the wheel"),
});

const SOURCES = [
  file("pkg/__init__.py", '"""What it is for."""\nfrom .late import fail, NAMES\n'),
  file(
    "pkg/late.py",
    'NAMES = frozenset({"b", "a", None, 3})\n\n\ndef fail():\n    assert False, "asserts stay"\n',
  ),
  file("pkg/old.py", 'print "of Python 2"\n'),
  file("pkg/{{name}}.py", "x = 1\n"),
  file("pkg/data.json", "{}"),
  file("numba/core.py", "x = 1\n"),
  file("app.py", "import pkg\n"),
];

async function unpack(files: readonly { path: string; bytes: Uint8Array }[]) {
  return createFixture(Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes)])));
}

describe("compileModules", () => {
  it("puts compiled modules where sources were, and leaves what cannot be imported", TIMEOUT, async () => {
    const python = await somePython();
    const { files, tools } = await compileModules(runFor(python.minor), SOURCES);
    expect(tools).toEqual({ python: python.version });
    expect(files.map(({ path }) => path)).toEqual([
      ...["pkg/__init__.pyc", "pkg/late.pyc", "pkg/old.py", "pkg/{{name}}.py", "pkg/data.json"],
      ...["numba/core.py", "app.pyc"],
    ]);
    expect(files.map(({ deflated }) => deflated === null)).toEqual([
      true,
      true,
      ...Array(4).fill(false),
      true,
    ]);
    await using fixture = await unpack(files);
    const script = `
import sys, traceback
sys.path.insert(0, ${JSON.stringify(fixture.path)})
import app, pkg
print(pkg.__doc__, sorted(map(str, pkg.NAMES)))
try: pkg.fail()
except AssertionError: print(traceback.format_exc())`;
    const told = execFileSync(python.path, ["-I", "-S", "-c", script], { encoding: "utf8" });
    expect(told).toContain("What it is for. ['3', 'None', 'a', 'b']");
    expect(told).toContain('File "/var/task/pkg/late.py", line 5, in fail');
    expect(told).toContain("AssertionError: asserts stay");
  });

  it("gives the same bytes after other modules, in another order, with another seed", TIMEOUT, async () => {
    const { minor } = await somePython();
    const others = Array.from({ length: 30 }, (_, index) =>
      file(
        `other${index}.py`,
        `x = {"b", "a"} | ({"a", "b", ${index}} & set())\ndef f(v): return v in {"a", "b", None, ${index}}\n`,
      ),
    );
    const bytesOf = async (files: typeof SOURCES, env: object): Promise<object> => {
      const compiled = await compileModules(runFor(minor, { env }), files);
      return Object.fromEntries(
        compiled.files
          .filter(({ path }) => path.startsWith("pkg/") || path === "other3.pyc")
          .map(({ path, bytes }) => [path, Buffer.from(bytes).toString("hex")]),
      );
    };
    const first = await bytesOf([...SOURCES, ...others], { PYTHONHASHSEED: "1", PYTHONOPTIMIZE: "2" });
    expect(Object.keys(first)).toHaveLength(6);
    expect(await bytesOf([...others.toReversed(), ...SOURCES.toReversed()], { PYTHONHASHSEED: "2" })).toEqual(
      first,
    );
  });

  it("says what is missing when there is no such Python, and which module ended it", TIMEOUT, async () => {
    await expect(compileModules(runFor(99), SOURCES)).rejects.toMatchObject({
      code: "SLUICE_PYTHON_COMPILED_NEEDS_PYTHON",
      hint: expect.stringContaining("SLUICE_PYTHON_3_99"),
    });
    const { minor } = await somePython();
    const controller = new AbortController();
    const run = runFor(minor, { signal: controller.signal });
    controller.abort(new Error("stopped"));
    await expect(compileModules(run, SOURCES)).rejects.toThrow("stopped");
  });
});

/** What `marshal` of the Python at hand reads and writes. */
async function marshalled(expression: string): Promise<Buffer> {
  const script = `import marshal, sys; sys.stdout.buffer.write(marshal.dumps(${expression}))`;
  return execFileSync((await somePython()).path, ["-I", "-c", script]);
}

describe("normalizeMarshal", () => {
  it("keeps every value", TIMEOUT, async () => {
    const { minor, path } = await somePython();
    const value =
      '(None, True, ..., 1, -1, 2**100, -2**40, 1.5, -0.0, 0.0, 1j, b"b" * 300, "text", "t\\u00e9xt", "long " * 80, "\\u4e2d" * 90, (), ("a",) * 300, ("same", "same"), [1, [2]])';
    const bytes = normalizeMarshal(await marshalled(value), minor) ?? Buffer.alloc(0);
    const script = `import marshal, sys; got = marshal.loads(sys.stdin.buffer.read()); print(repr(got) == repr(${value}) or repr(got))`;
    expect(execFileSync(path, ["-I", "-c", script], { input: bytes, encoding: "utf8" }).trim()).toBe("True");
    expect(normalizeMarshal(bytes, minor)).toEqual(bytes);
    const one = normalizeMarshal(await marshalled('frozenset(("x", 1, (2, 3), None))'), minor);
    const other = normalizeMarshal(await marshalled('frozenset((None, (2, 3), 1, "x"))'), minor);
    expect(one).not.toBeNull();
    expect(one).toEqual(other);
  });

  it("makes equal constants one, and marks nothing else", () => {
    const marked = Buffer.from([0xa9, 2, 0xfa, 1, 0x61, 0x7a, 1, 0x61]);
    const plain = Buffer.from([0x29, 2, 0xda, 1, 0x61, 0x72, 0, 0, 0, 0]);
    expect(normalizeMarshal(marked, 13)).toEqual(plain);
    expect(normalizeMarshal(plain, 13)).toEqual(plain);
  });

  it("leaves what it does not understand", () => {
    for (const bytes of [
      [],
      [0x23],
      [0x29, 2, 0x4e],
      [0x4e, 0x4e],
      [0x72, 9, 0, 0, 0],
      [0x75, 0xff, 0xff, 0xff, 0x7f],
    ])
      expect(normalizeMarshal(Buffer.from(bytes), 13)).toBeNull();
  });
});

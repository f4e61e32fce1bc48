import { inflateRawSync } from "node:zlib";
import { isSluiceError } from "@sluice/core";
import { expect, test } from "vitest";
import { type MadeWheel, makeWheel, type WheelContent } from "../testing/wheels.ts";
import { openWheel, type Wheel } from "./wheel.ts";

function open(made: MadeWheel): Wheel {
  return openWheel(`/wheels/${made.filename}`, made.bytes);
}

function textOf(wheel: Wheel, path: string): string | undefined {
  const file = wheel.files.find((one) => one.path === path);
  return file && Buffer.from(file.bytes).toString("utf8");
}

function refusal(make: () => unknown): { code: string; message: string; where: string | undefined } {
  try {
    make();
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return { code: error.code, message: error.message, where: error.problems[0].where };
  }
  throw new Error("nothing was refused");
}

const ELF = Buffer.from("\x7fELF\x02\x01\x01", "latin1");
const SOURCE = "value = 1\n".repeat(100);

test("gives each file with its deflate stream as it stands in the wheel", () => {
  const made = makeWheel({
    name: "My.Pkg",
    version: "2.1",
    files: { "my_pkg/__init__.py": SOURCE, "my_pkg/b": "x" },
  });
  const wheel = open(made);
  expect(wheel).toMatchObject({ name: "my-pkg", version: "2.1", info: "My_Pkg-2.1.dist-info" });
  expect(wheel.tags).toEqual(["py3-none-any"]);
  const [init, short] = ["my_pkg/__init__.py", "my_pkg/b"].map((path) =>
    wheel.files.find((file) => file.path === path),
  );
  expect(inflateRawSync(init?.deflated ?? Buffer.alloc(0)).toString()).toBe(SOURCE);
  expect(Buffer.from(made.bytes).includes(Buffer.from(init?.deflated ?? "-"))).toBe(true);
  expect(short).toMatchObject({ deflated: null, bytes: Buffer.from("x") });
});

test("places files as pip does, without scripts and headers", () => {
  const wheel = open(
    makeWheel({
      name: "pkg",
      files: {
        "pkg/a.py": "a",
        "pkg-1.0.data/purelib/pkg/b.py": "b",
        "pkg-1.0.data/platlib/pkg/c.so": "c",
        "pkg-1.0.data/data/share/pkg/d.txt": "d",
        "pkg-1.0.data/scripts/tool": "#!python\n",
        "pkg-1.0.data/headers/pkg.h": "h",
        "pkg/x.data/scripts/kept.py": "k",
      },
    }),
  );
  expect(wheel.files.map(({ path }) => path).filter((path) => !path.includes(".dist-info/"))).toEqual([
    "pkg/a.py",
    "pkg/b.py",
    "pkg/c.so",
    "share/pkg/d.txt",
    "pkg/x.data/scripts/kept.py",
  ]);
});

test("only programs and scripts that are executable in the wheel stay so", () => {
  const files: Record<string, WheelContent> = {
    "pkg/program": { content: ELF, mode: 0o100755 },
    "pkg/script.sh": { content: "#!/bin/sh\n", mode: 0o100755 },
    "pkg/lib.cpython-313-aarch64-linux-gnu.so": { content: ELF, mode: 0o100755 },
    "pkg.libs/libssl-81259c47.so.1.1.1k": { content: ELF, mode: 0o100755 },
    "pkg/module.py": { content: "x = 1\n", mode: 0o100755 },
    "pkg/quiet.sh": "#!/bin/sh\n",
    "pkg/empty": { content: "", mode: 0o100755 },
  };
  const executable = open(makeWheel({ name: "pkg", files })).files.filter((file) => file.executable);
  expect(executable.map(({ path }) => path)).toEqual(["pkg/program", "pkg/script.sh"]);
});

test("finds its own metadata beside another package's that it carries", () => {
  const wheel = open(makeWheel({ name: "pkg", files: { "other-2.0.dist-info/METADATA": "Name: other\n" } }));
  expect(wheel.info).toBe("pkg-1.0.dist-info");
});

test("a quoted path in RECORD, a file that it lacks, and a sum of an algorithm of old are no hindrance", () => {
  const record = 'pkg/a.py,md5=abc,1\n"pkg/a,b.py",sha256=_-,\npkg-1.0.dist-info/RECORD,,\n';
  expect(
    textOf(open(makeWheel({ name: "pkg", files: { "pkg/a.py": "a", "pkg/c.py": "c" }, record })), "pkg/c.py"),
  ).toBe("c");
  expect(textOf(open(makeWheel({ name: "pkg", files: { "pkg/a,b.py": "ab" } })), "pkg/a,b.py")).toBe("ab");
  const made = makeWheel({ name: "pkg", files: { "pkg/a,b.py": "ab" }, record });
  expect(refusal(() => open(made)).message).toContain('"pkg/a,b.py" is not what its RECORD says');
});

test("any byte that is changed in a file is noticed", () => {
  const made = makeWheel({ name: "pkg", files: { "pkg/a.py": SOURCE } });
  const { deflated } = open(made).files.find(({ path }) => path === "pkg/a.py") ?? {};
  const start = Buffer.from(made.bytes).indexOf(Buffer.from(deflated ?? "-"));
  for (let at = start; at < start + (deflated?.length ?? 0); at += 1) {
    const bytes = Uint8Array.from(made.bytes);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    expect(refusal(() => open({ ...made, bytes }))).toMatchObject({
      code: "SLUICE_PYTHON_WHEEL_DAMAGED",
      where: "/wheels/pkg-1.0-py3-none-any.whl",
    });
  }
});

test("a file that was exchanged with its sums in the zip is noticed by RECORD", () => {
  const { bytes } = makeWheel({ name: "pkg", files: { "pkg/a.py": "good" } });
  const record = textOf(openWheel("pkg-1.0-py3-none-any.whl", bytes), "pkg-1.0.dist-info/RECORD");
  const made = makeWheel({ name: "pkg", files: { "pkg/a.py": "evil" }, record: record ?? "" });
  expect(refusal(() => open(made))).toMatchObject({
    code: "SLUICE_PYTHON_WHEEL_DAMAGED",
    message: 'The wheel is damaged: "pkg/a.py" is not what its RECORD says.',
  });
});

test.each([
  ["cut off", (made: MadeWheel) => ({ ...made, bytes: made.bytes.subarray(0, made.bytes.length - 40) })],
  ["empty", (made: MadeWheel) => ({ ...made, bytes: new Uint8Array() })],
  ["called otherwise", (made: MadeWheel) => ({ ...made, filename: "pkg.whl" })],
])("a wheel that is %s is refused", (_, change) => {
  expect(refusal(() => open(change(makeWheel({ name: "pkg" })))).code).toBe("SLUICE_PYTHON_WHEEL_DAMAGED");
});

test.each([
  ["version 2.0 of the format", { "pkg-1.0.dist-info/WHEEL": "Wheel-Version: 2.0\n" }],
  ["which version of the format", { "pkg-1.0.dist-info/WHEEL": "" }],
  ["nothing says where", { "pkg-1.0.data/elsewhere/a": "a" }],
  ["one `.dist-info` folder", { "PKG-2.0.dist-info/METADATA": "Name: pkg\n" }],
])("a wheel is refused: %s", (reason, files) => {
  expect(refusal(() => open(makeWheel({ name: "pkg", files })))).toMatchObject({
    code: "SLUICE_PYTHON_WHEEL_DAMAGED",
    message: expect.stringContaining(reason),
  });
});

test.each([
  ["../evil.py", "x"],
  ["/etc/evil", "x"],
  ["pkg/../../evil.py", "x"],
  ["C:/evil.py", "x"],
  ["pkg-1.0.data/data/../../../evil", "x"],
  ["pkg/link", { content: "/etc/passwd", mode: 0o120777 }],
] as [string, WheelContent][])("the name %s is refused", (path, content) => {
  expect(refusal(() => open(makeWheel({ name: "pkg", files: { [path]: content } })))).toMatchObject({
    code: "SLUICE_PYTHON_WHEEL_UNSAFE",
    message: expect.stringMatching(/^The wheel is refused: [^:]+/),
  });
});

import { execFileSync } from "node:child_process";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { anyPython } from "../check/find-python.ts";
import { makeWheel, type WheelContent } from "../testing/wheels.ts";
import { openWheel } from "../wheels/wheel.ts";
import { licenseTexts } from "./license-texts.ts";
import { type FilledWheel, slimWheels } from "./slim-wheels.ts";

function wheel(name: string, files: Record<string, WheelContent>, metadata?: readonly string[]): FilledWheel {
  const made = makeWheel({ name, files, ...(metadata ? { metadata } : {}) });
  return openWheel(`/wheels/${made.filename}`, made.bytes);
}

function keptOf(wheels: readonly FilledWheel[], own: Record<string, string> = {}, slim = true): string[] {
  const sources = Object.entries(own).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const kept = slimWheels(wheels, sources, slim).flatMap((each) => each.kept.map(({ path }) => path));
  return kept.filter((path) => !path.includes(".dist-info/")).sort();
}

const keptOfOne = (files: Record<string, string>, own?: Record<string, string>): string[] =>
  keptOf([wheel("pkg", files)], own);

describe("slimWheels", () => {
  it("leaves out what never runs, and says why", () => {
    const files = {
      "pkg/__init__.py": "",
      "pkg/__init__.pyi": "",
      "pkg/py.typed": "",
      "pkg/fast.c": "",
      "pkg/include/pkg/fast.h": "",
      "pkg/fast.pyx": "",
      "pkg/lib/libfast.a": "",
      "pkg/fast.cpython-313-x86_64-linux-gnu.so": "",
      "pkg/__pycache__/__init__.cpython-313.pyc": "",
      "pkg/copy.py": "",
      "pkg/copy.pyc": "",
      "pkg/sourceless.pyc": "",
      "pkg/data/LICENSE": "of a font",
      "pkg-1.0.data/data/share/man/man1/pkg.1": "",
      "pkg-1.0.data/data/share/pkg/data.txt": "",
      LICENSE: "at the top",
      "CHANGELOG.md": "",
      "pkg-1.0.dist-info/licenses/LICENSE.txt": "",
      "pkg-1.0.dist-info/entry_points.txt": "",
      "pkg-1.0.dist-info/direct_url.json": "",
    };
    const [slim] = slimWheels([wheel("pkg", files)], [], true);
    expect(slim?.kept.map(({ path }) => path).sort()).toEqual([
      ...[
        "pkg-1.0.dist-info/METADATA",
        "pkg-1.0.dist-info/entry_points.txt",
        "pkg-1.0.dist-info/top_level.txt",
      ],
      ...["pkg/__init__.py", "pkg/copy.py", "pkg/data/LICENSE", "pkg/fast.cpython-313-x86_64-linux-gnu.so"],
      ...["pkg/sourceless.pyc", "share/pkg/data.txt"],
    ]);
    expect(Object.fromEntries((slim?.leftOut ?? []).map(({ path, why }) => [path, why]))).toMatchObject({
      "pkg/__init__.pyi": "type stubs",
      "pkg/fast.c": "sources of compiled code",
      "pkg/lib/libfast.a": "static libraries",
      "pkg/__pycache__/__init__.cpython-313.pyc": "compiled by another Python",
      "pkg/copy.pyc": "compiled by another Python",
      "share/man/man1/pkg.1": "documentation",
      "pkg-1.0.dist-info/RECORD": "metadata",
      "pkg-1.0.dist-info/licenses/LICENSE.txt": "licences",
    });
  });

  it("keeps all but what is compiled for another Python when it is switched off", () => {
    const files = {
      "pkg/a.py": "",
      "pkg/a.pyi": "",
      "pkg/__pycache__/a.cpython-313.pyc": "",
      "pkg/tests/test_a.py": "",
    };
    expect(keptOf([wheel("pkg", files)], {}, false)).toEqual([
      "pkg/a.py",
      "pkg/a.pyi",
      "pkg/tests/test_a.py",
    ]);
  });

  it("leaves out tests, and nothing that is only called so", () => {
    const kept = keptOfOne({
      "pkg/__init__.py":
        '"""See pkg.tests.test_a; from pkg.tests import test_a."""\n# import pkg.tests.test_a\n',
      "pkg/tests/__init__.py": "",
      "pkg/tests/test_a.py": "",
      "pkg/tests/data/a.json": "",
      "pkg/sub/test/a_test.py": "",
      "pkg/benchmarks/bench_a.py": "",
      "pkg/test/client.py": "Django's API is in a folder of this name",
      "pkg/tests.py": "as Jinja's",
      "pkg/testing/__init__.py": "",
      "pkg/zoneinfo/tests/Zulu": "data",
      "pkg/test_a.py": "",
    });
    expect(kept).toEqual([
      ...[
        "pkg/__init__.py",
        "pkg/test/client.py",
        "pkg/test_a.py",
        "pkg/testing/__init__.py",
        "pkg/tests.py",
      ],
      "pkg/zoneinfo/tests/Zulu",
    ]);
  });

  const TESTS = {
    "pkg/tests/__init__.py": "",
    "pkg/tests/conftest.py": "",
    "pkg/tests/common.py": "from . import deep\nDATA = open(here / 'data' / 'a.bin')\n",
    "pkg/tests/deep/__init__.py": "from ..other import *",
    "pkg/tests/other.py": "",
    "pkg/tests/unused.py": "",
    "pkg/tests/data/a.bin": "",
  };
  const REACHED = ["__init__.py", "common.py", "data/a.bin", "deep/__init__.py", "other.py"];

  it.each([
    ["an import", "import os, pkg.tests.common as common"],
    ["an import from it", "from pkg.tests.common import thing"],
    ["an import of it", "from pkg.tests import (\n    unknown,  # why\n    common as c,\n)"],
    ["a continued import", "from pkg.tests \\\n  import common".replace("tests \\\n ", "tests")],
    ["a relative import", "def late():\n    from .tests import \\\n        common"],
    ["one of several statements", "import sys; from .tests.common import a"],
    ["a guarded import", "try: from .tests import common\nexcept ImportError: pass"],
    ["a name in a string", 'importlib.import_module("pkg.tests.common")'],
    ["a relative name in a string", "import_module('.tests.common', __package__)"],
  ])("keeps tests that are imported by %s, with what they need", (_, text) => {
    const kept = keptOfOne({ ...TESTS, "pkg/testing.py": text });
    expect(kept).toEqual([...REACHED.map((path) => `pkg/tests/${path}`), "pkg/testing.py"].sort());
  });

  it("looks for such imports in other wheels, own sources, entry points and compiled modules", () => {
    const other = (path: string, text: string): FilledWheel => wheel("other", { [path]: text });
    const reached = REACHED.map((path) => `pkg/tests/${path}`);
    const kept = (second: FilledWheel, own = {}): string[] =>
      keptOf([wheel("pkg", TESTS), second], own).filter((path) => path.startsWith("pkg/"));
    expect(kept(other("other.py", "import pkg.tests.common"))).toEqual(reached);
    expect(kept(other("other-1.0.dist-info/entry_points.txt", "[x]\ny = pkg.tests.common:z\n"))).toEqual(
      reached,
    );
    expect(kept(other("o.py", ""), { "app.py": "from pkg.tests import common" })).toEqual(reached);
    expect(kept(other("o.abi3.so", "\0pkg.tests\0common\0"))).toEqual(Object.keys(TESTS).sort());
    expect(kept(other("o.py", ""))).toEqual([]);
  });

  it("keeps data in folders of tests that a source names by its path", () => {
    const files = {
      "pkg/tests/test_a.py": "",
      "pkg/tests/data/a.bin": "",
      "pkg/tests/data/b.bin": "",
      "pkg/tests/c.bin": "",
    };
    const named = ["pkg/a.py", "pkg/tests/data/a.bin", "pkg/tests/data/b.bin"];
    expect(keptOfOne({ ...files, "pkg/a.py": 'join(here, "tests", "data")' })).toEqual(named);
    expect(keptOfOne({ ...files, "pkg/a.py": "here / 'tests/data/a.bin'" })).toEqual(named);
  });

  it("keeps stubs and sources that a package reads itself", () => {
    const lazy = {
      "pkg/__init__.py": "lazy.attach_stub(__name__, __file__)",
      "pkg/__init__.pyi": "",
      "pkg/a.h": "",
    };
    expect(keptOfOne(lazy)).toEqual(["pkg/__init__.py", "pkg/__init__.pyi"]);
    const naming = { "pkg/a.py": 'open("kernel.c")', "pkg/kernel.c": "", "pkg/other.c": "" };
    expect(keptOfOne(naming)).toEqual(["pkg/a.py", "pkg/kernel.c"]);
    expect(keptOf([wheel("ziglang", { "ziglang/lib/a.h": "" })])).toEqual(["ziglang/lib/a.h"]);
  });

  it("takes no time for long words", () => {
    const files = {
      "pkg/a.py": `X = "${"tests.".repeat(20_000)}${"a".repeat(1_000_000)}"`,
      "pkg/tests/test_a.py": "",
    };
    expect(keptOfOne(files)).toEqual(["pkg/a.py"]);
  });

  it("leaves what importlib.metadata needs", { timeout: 60_000 }, async () => {
    const python = await anyPython({ env: process.env, signal: AbortSignal.timeout(60_000) });
    if (python === null) throw new Error("The tests need a Python.");
    const files = {
      "pkg/__init__.py": "",
      "_pkg.abi3.so": "",
      "space/part/a.py": "",
      "pkg.libs/libx.so.1": "",
      "pkg-1.0.dist-info/entry_points.txt": "[group]\nname = pkg:main\n",
    };
    const [slim] = slimWheels([wheel("pkg", files, ["Requires-Dist: six"])], [], true);
    const packed = Object.fromEntries(
      (slim?.kept ?? []).map(({ path, bytes }) => [path, Buffer.from(bytes)]),
    );
    await using fixture = await createFixture(packed);
    const script = `
import sys; sys.path.insert(0, ${JSON.stringify(fixture.path)})
import importlib.metadata as m, json
found = getattr(m, "packages_distributions", dict)()
points = [p.value for p in m.distribution("pkg").entry_points]
print(json.dumps([m.version("pkg"), m.requires("pkg"), points, {k: v for k, v in found.items() if v == ["pkg"]}]))`;
    const told = JSON.parse(execFileSync(python.path, ["-I", "-S", "-c", script], { encoding: "utf8" }));
    const modules = { pkg: ["pkg"], _pkg: ["pkg"], space: ["pkg"] };
    expect(told).toEqual(["1.0", ["six"], ["pkg:main"], python.minor < 10 ? {} : modules]);
  });
});

describe("licenseTexts", () => {
  it("gives the texts of a wheel's metadata", () => {
    const texts = licenseTexts(
      wheel("pkg", {
        "pkg-1.0.dist-info/licenses/vendored/LICENSE": "of another",
        "pkg-1.0.dist-info/LICENSE.txt": "of its own",
        "pkg-1.0.dist-info/AUTHORS": "names",
        "pkg/LICENSE": "of a part",
      }),
    );
    expect(texts).toEqual([
      { path: "AUTHORS", text: "names" },
      { path: "LICENSE.txt", text: "of its own" },
      { path: "licenses/vendored/LICENSE", text: "of another" },
    ]);
  });
});

import { rmSync, symlinkSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { listed, problemsOf } from "../testing/sources.ts";

const HANDLER = "def lambda_handler(event, context): return 1\n";
const ENTRY = { entry: "src/shop/app.py", handler: "shop.app.lambda_handler" };

/** What is packed of `src` for `src/shop/app.py` with these statements before the handler. */
async function packed(statements: string, files: Record<string, string>): Promise<readonly string[]> {
  await using fixture = await createFixture({ ...files, "src/shop/app.py": `${statements}\n${HANDLER}` });
  return listed(fixture.path, ENTRY).paths.filter((path) => path !== "shop/app.py");
}

const SHOP = {
  "src/shop/__init__.py": "",
  "src/shop/a.py": "",
  "src/shop/b.py": "from .sub import c",
  "src/shop/sub/__init__.py": "from . import d",
  "src/shop/sub/c.py": "",
  "src/shop/sub/d.py": "",
  "src/space/x.py": "",
  "src/lonely.py": "",
};

describe("listSources", () => {
  it.each([
    ["", ["shop/__init__.py"]],
    ["import json, boto3", ["shop/__init__.py"]],
    ["from . import a", ["shop/__init__.py", "shop/a.py"]],
    ["from .a import something", ["shop/__init__.py", "shop/a.py"]],
    ["import shop.a as z, lonely", ["lonely.py", "shop/__init__.py", "shop/a.py"]],
    ["from shop import (a, # one\n  nothing)", ["shop/__init__.py", "shop/a.py"]],
    [
      "from .b import *",
      ["shop/__init__.py", "shop/b.py", "shop/sub/__init__.py", "shop/sub/c.py", "shop/sub/d.py"],
    ],
    [
      "def f():\n  from shop.sub import c",
      ["shop/__init__.py", "shop/sub/__init__.py", "shop/sub/c.py", "shop/sub/d.py"],
    ],
    ["import space.x", ["shop/__init__.py", "space/x.py"]],
    ["from space import x", ["shop/__init__.py", "space/x.py"]],
    ["if TYPE_CHECKING:\n  from . import a", ["shop/__init__.py"]],
    ["try:\n  from . import a\nexcept ImportError: pass", ["shop/__init__.py", "shop/a.py"]],
    ['importlib.import_module("lonely")', ["lonely.py", "shop/__init__.py"]],
    ['importlib.import_module(".a", __package__)', ["shop/__init__.py", "shop/a.py"]],
    ['PLUGINS = ["shop.a"]', ["shop/__init__.py", "shop/a.py"]],
    ['PLUGINS = ["shop.a:main"]', ["shop/__init__.py", "shop/a.py"]],
    ['LOGGING = {"class": "space.x.Handler"}', ["shop/__init__.py", "space/x.py"]],
    ['print("lonely")', ["shop/__init__.py"]],
    ["from .. import nothing", ["shop/__init__.py"]],
  ])("packs what %j reaches", async (statements, expected) => {
    expect(await packed(statements, SHOP)).toEqual(expected);
  });

  it("packs what import * of a package loads by __all__", async () => {
    const files = { ...SHOP, "src/shop/sub/__init__.py": '__all__ = ["c"]' };
    expect(await packed("from .sub import *", files)).toEqual([
      "shop/__init__.py",
      "shop/sub/__init__.py",
      "shop/sub/c.py",
    ]);
  });

  it("prefers packages and extension modules of the target to modules, as Python does", async () => {
    const files = {
      "src/shop/__init__.py": "",
      "src/two/__init__.py": "",
      "src/two.py": "",
      "src/fast.cpython-313-x86_64-linux-gnu.so": "x",
      "src/fast.cpython-313-aarch64-linux-gnu.so": "x",
      "src/fast.py": "",
      "src/slow.pyi": "",
    };
    expect(await packed("import two, fast, slow", files)).toEqual([
      "fast.cpython-313-x86_64-linux-gnu.so",
      "shop/__init__.py",
      "two/__init__.py",
    ]);
  });

  it("packs every module when a name is computed, and says where", async () => {
    await using fixture = await createFixture({
      ...SHOP,
      "src/shop/app.py": `import importlib\n\ndef load(name):\n  importlib.import_module(name)\n\n${HANDLER}`,
      "src/shop/tests/test_a.py": "",
      "src/test_b.py": "",
      "src/conftest.py": "",
      "src/venv/pyvenv.cfg": "",
      "src/venv/lib/x.py": "",
      "src/__pycache__/y.py": "",
    });
    const { own, paths } = listed(fixture.path, ENTRY);
    expect(paths).toEqual(
      ["shop/app.py", ...Object.keys(SHOP).map((path) => path.slice("src/".length))].sort(),
    );
    expect(own.dynamic).toEqual([{ call: "import_module", file: "src/shop/app.py", line: 4 }]);
    expect(own.notices).toEqual([
      "orders: src/shop/app.py:4 imports by a name that is computed (import_module): every module of the source root is packed.",
    ]);
  });

  it("packs one package when the computed name begins with it", async () => {
    const files = { ...SHOP, "src/shop/sub/deep/e.py": "" };
    expect(await packed('import_module(f"shop.sub.{name}")', files)).toEqual([
      "shop/__init__.py",
      "shop/sub/__init__.py",
      "shop/sub/c.py",
      "shop/sub/d.py",
      "shop/sub/deep/e.py",
    ]);
    expect(await packed('import_module(f"elsewhere.{name}")', files)).toEqual(["shop/__init__.py"]);
  });

  it("finds modules beside the entry, in src and in the root, and lays each out as it is imported", async () => {
    await using fixture = await createFixture({
      "functions/a/app.py": `import helper, common.db, config\n${HANDLER}`,
      "functions/a/helper.py": "",
      "functions/a/json.py": "",
      "functions/b/helper.py": "",
      "src/common/db.py": "import json",
      "config.py": "",
    });
    const { paths } = listed(fixture.path, { entry: "functions/a/app.py" });
    expect(paths).toEqual(["app.py", "common/db.py", "config.py", "helper.py", "index.py", "json.py"]);
  });

  it("does not look beside modules of a package for absolute imports", async () => {
    expect(await packed("import a", SHOP)).toEqual(["shop/__init__.py"]);
  });

  it("changes nothing when something else changes", async () => {
    const before = await packed("from . import a", SHOP);
    const after = await packed("from . import a", {
      ...SHOP,
      "src/other.py": "import q",
      "src/shop/new.py": "",
    });
    expect(after).toEqual(before);
  });

  it("refuses a source behind a link that leaves the repository, and follows one that stays", async () => {
    await using outside = await createFixture({ "a.py": "" });
    await using fixture = await createFixture({
      ...SHOP,
      "src/shop/app.py": `from . import a, linked\n${HANDLER}`,
      ".git/HEAD": "",
    });
    symlinkSync(fixture.getPath("src/lonely.py"), fixture.getPath("src/shop/linked.py"));
    expect(listed(fixture.path, ENTRY).paths).toContain("shop/linked.py");
    rmSync(fixture.getPath("src/shop/a.py"));
    symlinkSync(outside.getPath("a.py"), fixture.getPath("src/shop/a.py"));
    expect(problemsOf(() => listed(fixture.path, ENTRY))).toMatchObject([
      { code: "SLUICE_SYMLINK_OUTSIDE", message: expect.stringContaining("src/shop/a.py") },
    ]);
  });

  it("tells what was read, and what would change the answer if it appeared", async () => {
    await using fixture = await createFixture({
      "src/shop/app.py": `import lonely\n${HANDLER}`,
      "src/shop/__init__.py": "",
      "src/lonely.py": "",
    });
    const { decided } = listed(fixture.path, ENTRY).own;
    const at = (path: string): string => fixture.getPath(path);
    expect(decided.read.toSorted()).toEqual(
      ["src/lonely.py", "src/shop/__init__.py", "src/shop/app.py"].map(at),
    );
    for (const path of [
      "src/lonely",
      "src/lonely.abi3.so",
      "src/shop/app",
      "src/__init__.py",
      "pyproject.toml",
    ])
      expect(decided.missing).toContain(at(path));
    expect(decided.folders).toContain(at("src/shop"));
    expect(decided.missing.filter((path) => decided.read.includes(path))).toEqual([]);
  });
});

import { writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { problemsOf, sourceRun } from "../testing/sources.ts";
import { findEntry } from "./entry.ts";
import { listSources } from "./list-sources.ts";

const HANDLER = "def lambda_handler(event, context): return 1\n";
const SETTINGS: readonly [string, string][] = [
  ["setuptools package-dir", '[tool.setuptools]\npackage-dir = {"" = "lib"}'],
  ["setuptools find", '[tool.setuptools.packages.find]\nwhere = ["lib"]'],
  ["hatch packages", '[tool.hatch.build.targets.wheel]\npackages = ["lib/thumbs"]'],
  ["hatch sources", '[tool.hatch.build.targets.wheel]\nsources = ["lib"]'],
  ["hatch sources as a table", '[tool.hatch.build.targets.wheel.sources]\n"lib" = ""'],
  ["poetry", '[tool.poetry]\npackages = [{ include = "thumbs", from = "lib" }]'],
  ["uv", '[tool.uv.build-backend]\nmodule-root = "lib"'],
  ["pdm", '[tool.pdm.build]\npackage-dir = "lib"'],
  ["pytest", '[tool.pytest.ini_options]\npythonpath = ["lib"]'],
];

describe("findEntry", () => {
  it.each([
    [
      "src/thumbs/app.py",
      { "src/thumbs/app.py": HANDLER, "src/thumbs/__init__.py": "" },
      "src",
      "thumbs.app",
    ],
    ["src/thumbs/app.py", { "src/thumbs/app.py": HANDLER }, "src", "thumbs.app"],
    ["src/thumbs/__init__.py", { "src/thumbs/__init__.py": HANDLER }, "src", "thumbs"],
    ["app.py", { "app.py": HANDLER, "__init__.py": "" }, ".", "app"],
    ["functions/a/app.py", { "functions/a/app.py": HANDLER }, "functions/a", "app"],
    ["src/a/app.py", { "src/a/app.py": `import helper\n${HANDLER}`, "src/a/helper.py": "" }, "src/a", "app"],
    ["src/email/app.py", { "src/email/app.py": HANDLER }, "src/email", "app"],
    [
      "a b/c/app.py",
      { "a b/c/app.py": HANDLER, "a b/c/__init__.py": "", "a b/__init__.py": "" },
      ".",
      "a b.c.app",
    ],
  ])("takes the source root of %s: %#", async (entry, files, root, module) => {
    await using fixture = await createFixture(files);
    const found = findEntry(sourceRun(fixture.path, { entry }));
    expect([found.sourceRoot, found.module]).toEqual([fixture.getPath(root).replace(/\/\.?$/, ""), module]);
  });

  it.each([
    ["app.lambda_handler", "hello/app.py", "hello", "app"],
    ["hello.app.lambda_handler", "hello/app.py", ".", "hello.app"],
    ["hello/app.lambda_handler", "hello/app.py", ".", "hello.app"],
  ])("lays out as the handler %s says", async (handler, entry, root, module) => {
    await using fixture = await createFixture({ "hello/app.py": HANDLER, "hello/__init__.py": "" });
    const found = findEntry(sourceRun(fixture.path, { entry, handler }));
    expect([found.sourceRoot, found.module]).toEqual([fixture.getPath(root).replace(/\/\.?$/, ""), module]);
  });

  it("keeps a module in its package when it imports relative to that", async () => {
    await using fixture = await createFixture({
      "hello/app.py": `from . import x\n${HANDLER}`,
      "hello/__init__.py": "",
    });
    const found = findEntry(
      sourceRun(fixture.path, { entry: "hello/app.py", handler: "app.lambda_handler" }),
    );
    expect(found.module).toBe("hello.app");
  });

  it.each(SETTINGS)("looks for modules where pyproject.toml says: %s", async (_, text) => {
    await using fixture = await createFixture({ "pyproject.toml": text, "lib/thumbs/app.py": HANDLER });
    for (const entry of ["thumbs.app", "lib/thumbs/app.py"]) {
      const found = findEntry(sourceRun(fixture.path, { entry }));
      expect([found.label, found.sourceRoot, found.module]).toEqual([
        "lib/thumbs/app.py",
        fixture.getPath("lib"),
        "thumbs.app",
      ]);
    }
  });

  it("refuses a module that several files have", async () => {
    await using fixture = await createFixture({ "src/app.py": HANDLER, "app.py": HANDLER });
    expect(problemsOf(() => findEntry(sourceRun(fixture.path, { entry: "app" })))).toMatchObject([
      {
        code: "SLUICE_PYTHON_ENTRY_AMBIGUOUS",
        message: expect.stringContaining("src/app.py, app.py"),
        where: "functions.orders.entry",
      },
    ]);
  });

  it.each([
    ["src/ap.py", "Did you mean src/app.py?"],
    ["app.py", "Did you mean src/app.py?"],
    ["shop.app", "Did you mean src/app.py?"],
    ["src\\app.py", "Did you mean src/app.py?"],
    ["src/app.ts", "Name a .py file"],
    ["nothing.like_it", "Modules are looked for in src"],
  ])("says what may be meant instead of %s", async (entry, hint) => {
    await using fixture = await createFixture({ "src/app.py": HANDLER });
    expect(problemsOf(() => findEntry(sourceRun(fixture.path, { entry })))).toMatchObject([
      { code: "SLUICE_PYTHON_ENTRY_NOT_FOUND", hint: expect.stringContaining(hint) },
    ]);
  });

  it("refuses a folder, and a name that cannot be imported", async () => {
    await using fixture = await createFixture({ "src/x.py/a": "", "src/my.app.py": HANDLER });
    expect(problemsOf(() => findEntry(sourceRun(fixture.path, { entry: "src/x.py" })))).toMatchObject([
      { code: "SLUICE_PYTHON_ENTRY_NOT_FOUND", message: expect.stringContaining("not a file") },
    ]);
    expect(problemsOf(() => findEntry(sourceRun(fixture.path, { entry: "src/my.app.py" })))).toMatchObject([
      { code: "SLUICE_PYTHON_ENTRY_NOT_IMPORTABLE", hint: "Rename it, as to my_app." },
    ]);
  });

  it("refuses what no import leads to, and what Python does not read", async () => {
    await using fixture = await createFixture({ "__init__.py": HANDLER });
    expect(problemsOf(() => findEntry(sourceRun(fixture.path, { entry: "__init__.py" })))).toMatchObject([
      { code: "SLUICE_PYTHON_ENTRY_NOT_IMPORTABLE", hint: "Rename it, as to app.py." },
    ]);
    await writeFile(fixture.getPath("wide.py"), `\ufeff${HANDLER}`, "utf16le");
    expect(problemsOf(() => findEntry(sourceRun(fixture.path, { entry: "wide.py" })))).toMatchObject([
      { code: "SLUICE_PYTHON_SYNTAX_ERROR", where: "wide.py", message: expect.stringContaining("UTF-16") },
    ]);
  });

  it("does not take a project of its own for a package", async () => {
    await using fixture = await createFixture({
      "pyproject.toml": '[tool.uv.workspace]\nmembers = ["common"]',
      "common/pyproject.toml": "",
      "common/__init__.py": "",
      "app.py": `import common\n${HANDLER}`,
    });
    const run = sourceRun(fixture.path, { entry: "app.py" });
    const own = listSources(run, findEntry(run));
    expect(own.files.map(({ to }) => to)).toEqual(["app.py"]);
    expect(own.foreign.map(({ module }) => module)).toEqual(["common"]);
  });
});

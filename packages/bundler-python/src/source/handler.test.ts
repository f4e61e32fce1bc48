import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { listed, problemsOf, python, sourceRun } from "../testing/sources.ts";
import { findEntry } from "./entry.ts";
import { checkHandlerPlace } from "./handler.ts";
import { listSources, type OwnSources } from "./list-sources.ts";

const HANDLER = "def lambda_handler(event, context): return [__name__, event]\n";

/** Calls the handler as Lambda's runtime does, from an unpacked package. */
function call(folder: string, own: OwnSources, handler: string): unknown {
  for (const { from, to } of own.files) cpSync(from, join(folder, to), { recursive: true });
  for (const { path, text } of own.generated) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const [module, name] = [
    handler.slice(0, handler.lastIndexOf(".")),
    handler.slice(handler.lastIndexOf(".") + 1),
  ];
  return JSON.parse(
    python(
      `import importlib, json, sys; sys.path.insert(0, ${JSON.stringify(folder)}); sys.dont_write_bytecode = True
print(json.dumps(getattr(importlib.import_module(${JSON.stringify(module)}.replace("/", ".")), ${JSON.stringify(name)})("x", None)))`,
    ),
  );
}

describe("layOutHandler", () => {
  it.each([
    [
      "src/thumbs/app.py",
      "index.handler",
      "thumbs.app",
      "from thumbs.app import lambda_handler as handler\n",
    ],
    ["src/thumbs/app.py", "thumbs.app.lambda_handler", "thumbs.app", null],
    ["src/thumbs/app.py", "thumbs/app.lambda_handler", "thumbs.app", null],
    ["src/thumbs/app.py", "api/v1.lambda_handler", "thumbs.app", "from thumbs.app import lambda_handler\n"],
    [
      "src/my-func.py",
      "index.handler",
      "my-func",
      'import importlib\n\nhandler = importlib.import_module("my-func").lambda_handler\n',
    ],
    ["src/my-func.py", "my-func.lambda_handler", "my-func", null],
    [
      "src/class.py",
      "index.handler",
      "class",
      'import importlib\n\nhandler = importlib.import_module("class").lambda_handler\n',
    ],
    ["src/index.py", "index.handler", "src.index", "from src.index import lambda_handler as handler\n"],
    ["src/index.py", "index.lambda_handler", "index", null],
  ])("of %s answers to %s", async (entry, handler, module, text) => {
    await using fixture = await createFixture({ [entry]: HANDLER });
    await using out = await createFixture();
    const { own } = listed(fixture.path, { entry, handler });
    expect(own.generated.map((each) => each.text)).toEqual(text === null ? [] : [text]);
    expect(call(out.path, own, handler)).toEqual([module, "x"]);
  });

  it("takes the handler's function when the entry has only that", async () => {
    await using fixture = await createFixture({ "app.py": "def main(event, context): return event\n" });
    await using out = await createFixture();
    const { own } = listed(fixture.path, { entry: "app.py", handler: "app.main" });
    expect(call(out.path, own, "app.main")).toBe("x");
  });

  it.each([
    "handler",
    "",
    ".handler",
    "a..handler",
    "/app.handler",
    "app.",
    "app.2x",
    "app.class",
    "my app.handler",
  ])("refuses the handler %j", async (handler) => {
    await using fixture = await createFixture({ "app.py": HANDLER });
    expect(problemsOf(() => listed(fixture.path, { entry: "app.py", handler }))).toMatchObject([
      { code: "SLUICE_PYTHON_HANDLER_INVALID", where: "functions.orders.handler" },
    ]);
  });

  it("refuses a handler that is a module of the interpreter", async () => {
    await using fixture = await createFixture({ "app.py": HANDLER });
    expect(
      problemsOf(() => listed(fixture.path, { entry: "app.py", handler: "time.handler" })),
    ).toMatchObject([
      { code: "SLUICE_PYTHON_HANDLER_INVALID", message: expect.stringContaining("the runtime refuses it") },
    ]);
  });

  it.each([
    ["", "ends in # without"],
    ["a-b", 'names "a-b"'],
  ])("refuses %j as the entry's function", async (exportName, message) => {
    await using fixture = await createFixture({ "app.py": HANDLER });
    expect(problemsOf(() => listed(fixture.path, { entry: "app.py", exportName }))).toMatchObject([
      {
        code: "SLUICE_PYTHON_HANDLER_NOT_DEFINED",
        message: expect.stringContaining(message),
        hint: 'Name the function in the entry: "app.py#lambda_handler".',
      },
    ]);
  });

  it("names the functions of an entry that lacks the one that is wanted", async () => {
    await using fixture = await createFixture({
      "app.py": "async def main(event): pass\nclass A:\n  def inner(self): pass\n",
    });
    expect(problemsOf(() => listed(fixture.path, { entry: "app.py" }))).toMatchObject([
      {
        code: "SLUICE_PYTHON_HANDLER_NOT_DEFINED",
        message: 'The entry of function orders has no "lambda_handler". Its functions are main.',
        hint: 'Name the function in the entry: "app.py#main".',
      },
    ]);
  });

  it.each([
    "from lib import *",
    "globals()['lambda_handler'] = print",
    "def __getattr__(name): return print",
    "from lib import x as lambda_handler",
    "try:\n  lambda_handler = 1\nexcept: pass",
  ])("does not doubt an entry that may define it: %s", async (text) => {
    await using fixture = await createFixture({ "app.py": text });
    expect(listed(fixture.path, { entry: "app.py" }).paths).toEqual(["app.py", "index.py"]);
  });

  it("refuses what the runtime would load instead", async () => {
    await using fixture = await createFixture({ "app.py": `import index\n${HANDLER}`, "index.py": "" });
    expect(problemsOf(() => listed(fixture.path, { entry: "app.py" }))).toMatchObject([
      { code: "SLUICE_PYTHON_HANDLER_SHADOWED", message: expect.stringContaining("holds index.py") },
    ]);
  });

  it("refuses an entry that a package of its name hides", async () => {
    await using fixture = await createFixture({ "orders.py": HANDLER, "orders/__init__.py": "" });
    expect(problemsOf(() => listed(fixture.path, { entry: "orders.py" }))).toMatchObject([
      {
        code: "SLUICE_PYTHON_HANDLER_SHADOWED",
        message: expect.stringContaining("as orders.py, but the package holds orders/__init__.py"),
      },
    ]);
  });

  it.each([
    ["index.handler", "index/__init__.py", true],
    ["index.handler", "app.abi3.so", true],
    ["index.handler", "index/data.txt", false],
    ["index.handler", "index.abi3.so", true],
    ["index.handler", "index.cpython-313-aarch64-linux-gnu.so", false],
    ["api/orders.handler", "api.py", true],
    ["api/orders.handler", "api/__init__.py", false],
    ["api/orders.handler", "api/orders/__init__.py", true],
    ["api/orders.handler", "orders.py", false],
  ])("knows what hides %s: %s", async (handler, path, isHidden) => {
    await using fixture = await createFixture({ "app.py": HANDLER });
    const run = sourceRun(fixture.path, { entry: "app.py", handler });
    const own = listSources(run, findEntry(run));
    const problems = problemsOf(() => checkHandlerPlace(run.fn, own.handler, [path], run.target));
    expect(problems.map(({ code }) => code)).toEqual(isHidden ? ["SLUICE_PYTHON_HANDLER_SHADOWED"] : []);
  });
});

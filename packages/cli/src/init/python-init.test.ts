import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { parse } from "smol-toml";
import { afterEach, describe, expect, it } from "vitest";
import { configText, type FirstFunction, toolTables } from "./config-text.ts";
import { findHandlers } from "./find-handlers.ts";
import { nameFunctions } from "./function-names.ts";
import { projectName, withTables } from "./pyproject.ts";
import { pythonHandlers } from "./python-handlers.ts";

describe("handlers in a Python module's text", () => {
  it.each([
    ["def lambda_handler(event, context):\n  pass", ["lambda_handler"]],
    ["@logger.inject_lambda_context\ndef handler(event: dict, context: LambdaContext) -> dict:", ["handler"]],
    ["def lambda_handler(\n    event: Dict[str, Any],\n    _context,\n):", ["lambda_handler"]],
    ["def handler(event, context): ...\ndef lambda_handler(e, c): ...", ["handler", "lambda_handler"]],
    ["app = FastAPI()\nhandler = Mangum(app)", ["handler"]],
    ["lambda_handler = make(app)", ["lambda_handler"]],
  ])("%s", (text, names) => {
    expect(pythonHandlers(text)).toEqual(names);
  });

  it.each([
    "class A:\n  def handler(self, event, context): ...",
    "def handler(error): ...",
    "handler = logging.StreamHandler()",
    '"""\ndef lambda_handler(event, context): ...\n"""',
    "# def lambda_handler(event, context)",
    "async def lambda_handler(event, context): ...",
    "def hello(event, context): ...",
    "lambda_handler == other",
  ])("none: %s", (text) => {
    expect(pythonHandlers(text)).toEqual([]);
  });
});

describe("Python handlers in a repository", () => {
  let root: string | undefined;
  afterEach(async () => {
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  });

  const HANDLER = "def lambda_handler(event, context): ...\n";
  async function foundIn(files: Readonly<Record<string, string>>) {
    root = await mkdtemp(join(tmpdir(), "sluice-init-"));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return findHandlers(root);
  }

  it("are those of sources, not of tests and environments", async () => {
    const paths = ["functions/thumb/app.py", "lambda_function.py"];
    const others = ["tests/app.py", "test_app.py", "my-env/lib/app.py", ".venv/app.py", "src/conftest.py"];
    const files = Object.fromEntries([...paths, ...others].map((path) => [path, HANDLER]));
    const found = await foundIn({ ...files, "my-env/pyvenv.cfg": "home = /usr/bin\n" });
    expect(found.map(({ path }) => path)).toEqual(paths);
    expect([...nameFunctions(found, "shop").keys()]).toEqual(["thumb", "shop"]);
  });

  it.each([
    [
      "template.yaml",
      "    Properties:\n      CodeUri: hello/\n      Handler: app.lambda_handler # x\n",
      "app.lambda_handler",
    ],
    ["serverless.yml", "functions:\n  a:\n    handler: src/hello/app.run\n", null],
    ["serverless.yml", "functions:\n  a:\n    handler: hello/app.run\n", "hello/app.run"],
    [
      "template.json",
      '{ "Properties": {\n "Handler": "hello.app.lambda_handler",\n} }',
      "hello.app.lambda_handler",
    ],
    [
      "template.yaml",
      "Handler: app.lambda_handler\n---\nHandler: hello.app.lambda_handler\n",
      "hello.app.lambda_handler",
    ],
    ["template.yaml", "Handler: other.lambda_handler\n", null],
  ])("have the handler string of %s: %s", async (name, text, template) => {
    const source = `${HANDLER}def run(event, context): ...\n`;
    const found = await foundIn({ [name]: text, "hello/app.py": source });
    expect(found.find((each) => each.template !== null)?.template ?? null).toBe(template);
    expect(found.map(({ exportName }) => exportName)).toEqual(
      template === "hello/app.run" ? ["lambda_handler", "run"] : ["lambda_handler"],
    );
  });
});

const FUNCTIONS: ReadonlyMap<string, FirstFunction> = new Map<string, FirstFunction>([
  ["thumb", { entry: 'a "b"/app.py', handler: "app.lambda_handler" }],
  ["plain", "src/plain.ts"],
]);

describe("a first configuration", () => {
  it("says the same in TypeScript and in TOML", () => {
    const tables = toolTables(FUNCTIONS, "eu-west-1");
    const { tool } = parse(tables) as { tool: { sluice: object } };
    const text = configText(FUNCTIONS, "eu-west-1").replace(/^import .*$/m, "");
    const value: unknown = new Function("defineConfig", text.replace("export default", "return"))(
      (config: unknown) => config,
    );
    expect(tool.sluice).toEqual(value);
    expect(value).toMatchObject({
      functions: Object.fromEntries(FUNCTIONS),
      environments: { prod: { region: "eu-west-1", name: "{function}" } },
    });
  });

  const tables = toolTables(FUNCTIONS, "eu-west-1");
  it.each([
    ["", ""],
    ["[project]\nname = 'shop'", "\n\n"],
    ["[project]\r\nname = 'shop' # keep\r\n", "\r\n"],
    ["\ufeff[tool.other]\n\n", ""],
    ["[tool.uv]\n[tool.uv.sources]\n", "\n"],
  ])("keeps every byte of %j", (text, between) => {
    const whole = withTables(text, tables, "pyproject.toml");
    expect(whole.startsWith(text + between)).toBe(true);
    const rest = whole.slice(text.length + between.length);
    expect(rest).toBe(text.includes("\r\n") ? tables.replaceAll("\n", "\r\n") : tables);
  });

  it.each([
    ["[project\n", /^pyproject\.toml:1$/],
    ["tool = { uv = 1 }\n", /^pyproject\.toml:\d+$/],
    ["[tool.sluice.functions]\na = 'b.py'\n", /^pyproject\.toml:\d+$/],
  ])("refuses a file that cannot have it: %j", (text, where) => {
    try {
      expect.unreachable(withTables(text, tables, "pyproject.toml"));
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      expect(error.problems).toMatchObject([
        { code: "SLUICE_PYPROJECT_UNFIT", where: expect.stringMatching(where) },
      ]);
    }
  });

  it.each([
    ["[project]\nname = 'shop'\n", "shop"],
    ["[tool.poetry]\nname = 'shop'\n", "shop"],
    ["[tool.uv]\n", null],
    ["[broken", null],
  ])("takes the project's name from %j", (text, name) => {
    expect(projectName(text)).toBe(name);
  });
});

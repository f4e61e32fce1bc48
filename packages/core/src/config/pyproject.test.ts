import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { isSluiceError } from "../problem.ts";
import { finishConfig, loadConfigFile } from "./load.ts";
import { readProjectVersion } from "./pyproject.ts";

const PYPROJECT = `[project]
name = "thumbs"
version = "1.2.0"

[tool.sluice.functions]
thumbs = "thumbs.app:lambda_handler"
resize = { entry = "src/resize.py", architecture = "arm64", python = { groups = ["aws"], strip = true } }

[tool.sluice.environments.dev]
region = "eu-west-1"
name = "{function}-dev"
`;

async function load(files: Record<string, string>) {
  await using fixture = await createFixture(files);
  const loaded = await loadConfigFile({ cwd: fixture.path });
  return finishConfig(loaded.config, loaded.file, fixture.path);
}

async function problemOf(files: Record<string, string>) {
  const error = await load(files).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isSluiceError(error)) throw new Error(`no SluiceError, but ${String(error)}`);
  const { code, where, message, hint } = error.problems[0];
  return { code, where: where?.replace(/^.*\//, ""), message, hint };
}

describe("[tool.sluice] of pyproject.toml", () => {
  it("is a configuration", async () => {
    const config = await load({ "pyproject.toml": PYPROJECT });
    const [thumbs, resize] = config.functions;
    expect(thumbs).toMatchObject({
      ...{ source: "module", entry: "thumbs.app", exportName: "lambda_handler" },
      ...{ handler: "thumbs.app.lambda_handler", runtime: "python3.13", runtimeDeclared: false },
    });
    expect(resize).toMatchObject({
      ...{ entry: "src/resize.py", exportName: "lambda_handler", handler: "index.handler" },
      ...{ architecture: "arm64", python: { groups: ["aws"], strip: true, slim: true, requirements: null } },
    });
    expect(config.environments).toMatchObject([{ name: "dev", nameTemplate: "{function}-dev" }]);
    expect(config.file).toMatch(/pyproject\.toml$/);
  });

  it("is one among others", async () => {
    const other = "export default { functions: { a: 'a.py' } };";
    expect(await problemOf({ "pyproject.toml": PYPROJECT, "sluice.config.mjs": other })).toMatchObject({
      code: "SLUICE_CONFIG_AMBIGUOUS",
      message: expect.stringContaining("pyproject.toml"),
    });
    const config = await load({ "pyproject.toml": "[project]\nname = 'x'", "sluice.config.mjs": other });
    expect(config.functions).toMatchObject([{ name: "a", runtime: "python3.13" }]);
  });

  it("says where it is wrong", async () => {
    expect(await problemOf({ "pyproject.toml": "[tool.sluice]\nfunctions = { a = \n" })).toMatchObject({
      code: "SLUICE_CONFIG_UNLOADABLE",
      where: expect.stringMatching(/^pyproject\.toml:\d+:\d+$/),
    });
    expect(await problemOf({ "pyproject.toml": `${PYPROJECT}\nregoin = "eu-west-1"` })).toMatchObject({
      code: "SLUICE_CONFIG_UNKNOWN_KEY",
      where: "pyproject.toml [tool.sluice]: environments.dev.regoin",
      hint: "Did you mean `region`?",
    });
    expect(await problemOf({ "pyproject.toml": "[project]\nname = 'x'" })).toMatchObject({
      code: "SLUICE_CONFIG_NOT_FOUND",
    });
  });

  it.each([
    ["py3.13", "functions.a.runtime", /must be a Lambda runtime identifier/],
    ["Python3.13", "functions.a.runtime", /such as nodejs22.x or python3.13/],
    ["nodejs22.x", "functions.a.runtime", /a.py is a Python module, and the runtime is nodejs22.x/],
  ])("refuses the runtime %s for a Python module", async (runtime, where, message) => {
    const text = `[tool.sluice.functions]\na = { entry = "a.py", runtime = "${runtime}" }\n`;
    const problem = await problemOf({ "pyproject.toml": text });
    expect(problem).toMatchObject({ code: "SLUICE_CONFIG_INVALID", where: expect.stringContaining(where) });
    expect(problem.message).toMatch(message);
  });

  it("leaves a function to the language of its entry, whatever runtime stands for all", async () => {
    const functions = { a: "a.py", b: "b.ts", c: { entry: "c.py", runtime: "python3.12" } };
    const text = JSON.stringify({ bundle: { runtime: "nodejs24.x" }, functions });
    const config = await load({ "sluice.config.json": text });
    expect(config.functions.map(({ runtime, runtimeDeclared }) => [runtime, runtimeDeclared])).toEqual([
      ["python3.13", false],
      ["nodejs24.x", true],
      ["python3.12", true],
    ]);
  });
});

describe("a Python project's version", () => {
  it.each([
    ['[project]\nversion = "1.4.0"', "1.4.0"],
    ['[project]\nversion = "1.4"', "1.4.0"],
    ['[project]\nversion = "2.0.0rc1"', "2.0.0-rc.1"],
    ['[tool.poetry]\nversion = "0.3.1"', "0.3.1"],
    ['[project]\nversion = "1!2.0"', null],
    ['[project]\ndynamic = ["version"]', null],
    ["[project", null],
  ])("of %j is %s", async (text, version) => {
    await using fixture = await createFixture({ "pyproject.toml": text });
    expect(await readProjectVersion(fixture.path)).toBe(version);
  });
});

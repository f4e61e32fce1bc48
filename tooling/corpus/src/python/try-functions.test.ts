import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import type { Owner } from "../cause.ts";
import { formatResults } from "../table.ts";
import { pythonCauseOf } from "./causes.ts";
import { findPythonFunctions } from "./find-functions.ts";
import { inService } from "./runtimes.ts";
import { tryFunctions } from "./try-functions.ts";

const TIMEOUT = 120_000;

describe("runtimes", () => {
  it.each([
    ["python3.6", "python3.12"],
    ["python3.12", "python3.12"],
    ["python3.14", "python3.14"],
    ["python3.15", "python3.14"],
    [null, "python3.13"],
  ])("%s is tried as %s", (declared, expected) => {
    expect(inService(declared)).toBe(expected);
  });
});

describe("causes", () => {
  it.each<[code: string | null, message: string, hint: string, layered: boolean, name: string, owner: Owner]>(
    [
      ["SLUICE_PYTHON_NO_WHEEL", "x", "", false, "no wheel", "surroundings"],
      ["SLUICE_PYTHON_CONFLICT", "x", "", false, "exclude each other", "project"],
      ["SLUICE_PYTHON_IMPORT_UNRESOLVED", "neither in the repository nor", "", false, "declare", "project"],
      ["SLUICE_PYTHON_IMPORT_UNRESOLVED", "neither in the repository nor", "", true, "layer", "surroundings"],
      [
        "SLUICE_PYTHON_IMPORT_UNRESOLVED",
        "x",
        "It left the standard library with Python 3.12",
        true,
        "left the standard library",
        "project",
      ],
      ["SLUICE_PYTHON_IMPORT_FAILED", "x", "", false, "SLUICE_PYTHON_IMPORT_FAILED", "open"],
      [null, "its module uses what is off in the check", "", false, "network", "surroundings"],
    ],
  )("%s %s", (code, message, hint, layered, name, owner) => {
    const found = pythonCauseOf({ code, message, hint, layered });
    expect(found).toEqual({ name: expect.stringContaining(name), owner });
  });
});

const TEMPLATE = `
Globals: { Function: { Runtime: python3.12, Layers: ["arn:of:one"] } }
Resources:
  Good: { Type: AWS::Serverless::Function, Properties: { CodeUri: good, Handler: app.lambda_handler } }
  Broken: { Type: AWS::Serverless::Function, Properties: { CodeUri: broken, Handler: app.lambda_handler } }
  Layered: { Type: AWS::Serverless::Function, Properties: { CodeUri: layered, Handler: app.lambda_handler } }
`;

const FILES = {
  "one/template.yaml": TEMPLATE,
  "one/good/app.py": "def lambda_handler(event, context):\n    return 1\n",
  "one/good/requirements.txt": "",
  "one/broken/app.py": "def lambda_handler(event, context)\n    return 1\n",
  "one/broken/requirements.txt": "",
  "one/layered/app.py": "import of_a_layer\nimport another\n\ndef lambda_handler(event, context): ...\n",
  "one/layered/requirements.txt": "",
};

describe("functions of one folder", () => {
  it(
    "are bundled, with what layers have left to them",
    async () => {
      await using corpus = await createFixture(FILES);
      const top = corpus.path.replace(/\/$/, "");
      const results = await tryFunctions(top, `${top}/one`, await findPythonFunctions(top));
      expect(results.map(({ file, runtime, code, provided }) => [file, runtime, code, provided])).toEqual([
        ["one/broken/app.py", "python3.12", "SLUICE_PYTHON_SYNTAX_ERROR", []],
        ["one/good/app.py", "python3.12", null, []],
        ["one/layered/app.py", "python3.12", null, ["of_a_layer", "another"]],
      ]);
      expect(formatResults(results, 1)).toContain("\n  python3.12 3\n");
      expect(formatResults(results, 1)).toContain("syntax error (the project's own)  1\n  one/broken/app.py");
      await expect(corpus.exists("one/.sluice")).resolves.toBe(false);
    },
    TIMEOUT,
  );
});

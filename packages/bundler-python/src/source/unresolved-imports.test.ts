import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { listed, type SourceCase } from "../testing/sources.ts";
import { type ImportReview, unresolvedImports } from "./unresolved-imports.ts";

const HANDLER = "def lambda_handler(event, context): return 1\n";

interface ReviewCase extends Partial<SourceCase> {
  readonly names?: readonly string[];
  readonly requirements?: string | null;
  readonly files?: Readonly<Record<string, string>>;
}

async function review(statements: string, given: ReviewCase = {}): Promise<ImportReview> {
  const { names = [], requirements = "requirements.txt", files = {}, ...rest } = given;
  await using fixture = await createFixture({ ...files, "app.py": `${statements}\n${HANDLER}` });
  const { run, own } = listed(fixture.path, { entry: "app.py", handler: "app.lambda_handler", ...rest });
  return unresolvedImports(run, own, { names: new Set(names), requirements });
}

async function problems(
  statements: string,
  given: ReviewCase = {},
): Promise<[string, string | undefined, string][]> {
  const { errors } = await review(statements, given);
  return errors.flatMap((error) =>
    error.problems.map(
      ({ code, where, hint }) => [code, where, hint] as [string, string | undefined, string],
    ),
  );
}

describe("unresolvedImports", () => {
  it.each([
    ["import cv2", "opencv-python-headless"],
    ["from PIL import Image", "pillow"],
    ["import yaml", "PyYAML"],
    ["import google.cloud.storage as s", "google-cloud-storage"],
    ["from google.cloud.spanner_v1 import x", "google-cloud-spanner-v1"],
    ["class A:\n  import numpy.linalg", "numpy"],
    ["import constructor", "constructor"],
  ])("refuses %j, which nothing gives", async (statements, distribution) => {
    expect(await problems(statements)).toEqual([
      [
        "SLUICE_PYTHON_IMPORT_UNRESOLVED",
        expect.stringMatching(/^app\.py:\d$/),
        expect.stringContaining(`Add ${distribution} to requirements.txt`),
      ],
    ]);
  });

  it("says one error for a module, with the first place", async () => {
    const { errors } = await review("import a\n\nimport requests\nimport requests.auth", {
      files: { "a.py": "import requests" },
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.problems[0]).toMatchObject({
      message:
        "app.py:3 imports requests, which is neither in the repository nor in Python 3.13, and no dependency gives it. So do 2 more places. Function orders would fail as it starts.",
    });
  });

  it("names a file of the same name that imports do not lead to", async () => {
    const [problem] = await problems("import models", { files: { "layers/common/python/models.py": "" } });
    expect(problem?.[2]).toContain("Or is layers/common/python/models.py meant?");
  });

  it.each([
    ["import json, tomllib, _thread, __main__", {}],
    ["import PIL.Image", { names: ["PIL"] }],
    ["import psycopg2", { provided: ["psycopg2"] }],
    ["import psycopg2", { provided: ["psycopg2-binary"] }],
    ["import my_lib.x", { provided: ["My-Lib"] }],
    ["if TYPE_CHECKING:\n  import mypy_boto3_s3", {}],
    ["if __name__ == '__main__':\n  import uvicorn", {}],
    ["from google.cloud import storage", { names: ["google"] }],
  ])("takes %j as given: %j", async (statements, given) => {
    expect(await review(statements, given)).toEqual({ errors: [], notices: [] });
  });

  it.each([
    "try:\n  import orjson\nexcept ImportError: pass",
    "def f():\n  import orjson",
    "if X:\n  import orjson",
    "importlib.import_module('orjson')",
    "from helpers import a",
  ])("tells what is imported late or with a way around: %j", async (statements) => {
    const files = { "helpers.py": "def f():\n  import orjson" };
    const { errors, notices } = await review(statements, { files });
    expect(errors).toEqual([]);
    expect(notices).toEqual([
      expect.stringMatching(/^orders: nothing provides .*: orjson \((app|helpers)\.py:\d\)\./),
    ]);
  });

  it("does not refuse for a module that is loaded late", async () => {
    const files = { "helpers.py": "import orjson" };
    expect((await review("def f():\n  import helpers", { files })).errors).toEqual([]);
    expect((await review("import helpers", { files })).errors).toHaveLength(1);
  });

  it("tells once that the SDK is the runtime's", async () => {
    const { errors, notices } = await review(
      "import boto3, urllib3\nfrom botocore import config\nimport aws_durable_execution_sdk_python",
    );
    expect(errors).toEqual([]);
    expect(notices).toEqual([
      "orders: aws_durable_execution_sdk_python, boto3 and botocore are left to the runtime: what version python3.13 has is AWS's to choose and to change. To fix it, add aws-durable-execution-sdk-python, boto3 and botocore to the requirements.",
    ]);
    expect(await problems("import aws_durable_execution_sdk_python", { runtime: "python3.12" })).toHaveLength(
      1,
    );
    expect((await review("import boto3", { names: ["boto3"] })).notices).toEqual([]);
  });

  it.each([
    ["python3.12", "import distutils.util", "It left the standard library with Python 3.12: add setuptools"],
    ["python3.13", "import cgi", "It left the standard library with Python 3.13: add legacy-cgi"],
    ["python3.13", "import telnetlib", "add standard-telnetlib"],
    ["python3.12", "import imp", "use importlib instead"],
    ["python3.10", "import tomllib", "The standard library has it from Python 3.11 on."],
    ["python3.13", "import annotationlib", "The standard library has it from Python 3.14 on."],
  ])("knows what %s has: %s", async (runtime, statements, hint) => {
    expect((await problems(statements, { runtime }))[0]?.[2]).toContain(hint);
  });

  it.each([
    ["python3.11", "import distutils.util, imp, tomllib"],
    ["python3.12", "import cgi"],
    ["python3.14", "import annotationlib, compression.zstd"],
    ["python3.9", "import binhex, formatter"],
  ])("knows what %s still has: %s", async (runtime, statements) => {
    expect(await problems(statements, { runtime })).toEqual([]);
  });

  const SHOP = { "shop/__init__.py": "", "shop/prices.py": "" };
  it.each([
    ["import shop.price", SHOP, "Did you mean shop.prices?"],
    ["from shop.nothing_alike import x", SHOP, "Correct the name"],
    ["import tools.hlper", { "tools/helper.py": "" }, "Did you mean tools.helper?"],
    ["from tools.zzz import x", { "tools/helper.py": "" }, "tools has no module zzz"],
    ["from .helpers import x", {}, "Import it by its whole name"],
  ])("refuses own modules that are not there: %j", async (statements, files, hint) => {
    const found = await problems(statements, { files });
    expect(found).toEqual([["SLUICE_PYTHON_IMPORT_UNRESOLVED", "app.py:1", expect.stringContaining(hint)]]);
  });

  it.each([
    ["from shop import anything", SHOP],
    ["import shop.made", { "shop/__init__.py": "import sys\nsys.modules['shop.made'] = sys" }],
    ["import shop.made", { "shop/__init__.py": "__path__ = extend_path(__path__, __name__)" }],
    ["import six.moves.urllib", { "six.py": "" }],
    ["import data", { "data/x.json": "" }],
  ])("does not refuse what cannot be known: %j", async (statements, files) => {
    expect(await problems(statements, { files })).toEqual([]);
  });

  it("tells of own modules that have the name of another", async () => {
    const files = { "random.py": "", "requests.py": "", "fine.py": "" };
    const { notices } = await review("import random, requests, fine", { files, names: ["requests"] });
    expect(notices).toEqual([
      expect.stringContaining("random.py has the name of the standard library's random"),
      expect.stringContaining("requests.py has the name of requests, a module of a dependency"),
    ]);
  });
});

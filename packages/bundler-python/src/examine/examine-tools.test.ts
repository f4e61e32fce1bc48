import { resolveConfig } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { startIndex } from "../testing/index-server.ts";
import { examineTools } from "./examine-tools.ts";

const HANDLER = "def lambda_handler(event, context): ...\n";
const PYLOCK = 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n';

/** What is found for a repository with these files, on a machine with nothing but an index. */
async function examine(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  entry = "app.py",
) {
  await using fixture = await createFixture({ "app.py": HANDLER, "index.mjs": "", ...files });
  const { config } = resolveConfig({ functions: { a: entry } }, { file: null, root: fixture.path });
  const own = { PATH: fixture.path, HOME: fixture.path, ...env };
  return await examineTools(config.functions, testContext({ cwd: fixture.path, env: own }));
}

describe("what a machine has for Python functions", { timeout: 60_000 }, () => {
  it("is not asked where there are none", async () => {
    expect(await examine({}, {}, "index.mjs")).toBeNull();
  });

  it("is no resolver and no index for functions without packages", async () => {
    expect(await examine({})).toMatchObject({ resolver: null, index: null });
  });

  it("is no resolver where everything is locked", async () => {
    await using index = await startIndex({ packages: [] });
    const found = await examine({ "pylock.toml": PYLOCK }, { PIP_INDEX_URL: index.url });
    expect(found).toMatchObject({ resolver: null, index: { found: [new URL(index.url).host] } });
  });

  it("is told where requirements could not be resolved", async () => {
    await using index = await startIndex({ packages: [] });
    const env = { PIP_INDEX_URL: index.url, SLUICE_PYTHON_INSTALLER: "pip" };
    expect(await examine({ "requirements.txt": "six\n" }, env)).toMatchObject({
      resolver: { found: "nothing" },
    });
    const wrong = { ...env, SLUICE_PYTHON_INSTALLER: "conda" };
    expect(await examine({ "requirements.txt": "six\n" }, wrong)).toMatchObject({
      resolver: { error: { code: "SLUICE_PYTHON_INSTALLER_UNKNOWN" } },
    });
  });

  it("is uv to be installed, and nothing is installed by looking", async () => {
    await using index = await startIndex({ packages: [] });
    const uvLock =
      'version = 1\nrevision = 3\nrequires-python = ">=3.13"\n\n[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n';
    const project = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.13"\n';
    const env = { PIP_INDEX_URL: index.url };
    const found = await examine({ "pyproject.toml": project, "uv.lock": uvLock }, env);
    expect(found?.resolver).toEqual({ found: "install" });
    expect(index.requests.some((each) => JSON.stringify(each).includes("/uv/"))).toBe(false);
  });

  it("says why an index does not answer", async () => {
    const env = { PIP_INDEX_URL: "http://127.0.0.1:9/simple" };
    expect(await examine({ "pylock.toml": PYLOCK }, env)).toMatchObject({
      index: { error: { code: "SLUICE_PYTHON_INDEX_UNREACHABLE" } },
    });
  });

  it("names a Python that a variable names and that is none", async () => {
    const found = await examine({}, { SLUICE_PYTHON_3_13: "/nowhere/python" });
    expect(found?.runtimes.get("python3.13")).toMatchObject({
      error: { code: "SLUICE_PYTHON_INTERPRETER_UNFIT" },
    });
  });
});

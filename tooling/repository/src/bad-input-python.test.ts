import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeWheel, startIndex, type TestIndex, testUv } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { config, disposeAll, make, run } from "./bad-input.ts";
import type { FunctionRepository } from "./function-repository.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

const TIMEOUT = 120_000;
const MEGABYTE = 1_000_000;
const HANDLER = "def lambda_handler(event, context):\n    return 1\n";
const CONFIG = config({ functions: { a: "app.py" } });

const packages = [
  makeWheel({ name: "good", version: "1.0", files: { "good.py": "A = 1\n" } }),
  makeWheel({ name: "good", version: "2.0", files: { "good.py": "A = 2\n" } }),
  makeWheel({ name: "wants-old", metadata: ["Requires-Dist: good<2"] }),
  { filename: "sources-1.0.tar.gz", bytes: Buffer.from("no archive") },
  makeWheel({ name: "windows", tag: "cp313-cp313-win_amd64" }),
  { ...makeWheel({ name: "changed" }), sha256: "0".repeat(64) },
  makeWheel({ name: "big-data", files: { "big/data.bin": Buffer.alloc(150 * MEGABYTE) } }),
  makeWheel({ name: "big-model", files: { "model/data.bin": Buffer.alloc(120 * MEGABYTE) } }),
];

let index: TestIndex;
let uv: string;
beforeAll(async () => {
  [index, uv] = await Promise.all([startIndex({ packages }), testUv()]);
}, 300_000);
afterEach(disposeAll);
afterAll(() => index.stop());

/** What the command is given besides: the index, uv, and folders of its own for all that it writes. */
async function variables({ home }: FunctionRepository, more: Readonly<Record<string, string>> = {}) {
  const temporary = join(home, "tmp");
  await mkdir(temporary, { recursive: true });
  return {
    SLUICE_UV: uv,
    UV_DEFAULT_INDEX: index.url,
    UV_CACHE_DIR: join(home, "uv"),
    UV_HTTP_RETRIES: "0",
    UV_NO_CONFIG: "1",
    PIP_CONFIG_FILE: "/dev/null",
    SLUICE_CACHE: join(home, "sluice"),
    TMPDIR: temporary,
    ...more,
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Nothing half-written: no package, no temporary file. */
async function expectNothingLeft({ path, home }: FunctionRepository): Promise<void> {
  expect(await namesIn(join(path, ".sluice", "artifacts"))).toEqual([]);
  expect(await namesIn(join(home, "tmp"))).toEqual([]);
}

interface Case {
  readonly files?: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly code: string;
  readonly text: RegExp;
}

const requirements = (text: string): Pick<Case, "files"> => ({ files: { "requirements.txt": text } });
const NOWHERE = "http://127.0.0.1:1/simple/";

const CASES: Readonly<Record<string, Case>> = {
  "a requirement that does not exist": {
    ...requirements("no-such-package==1.0\n"),
    code: "SLUICE_PYTHON_PACKAGE_UNKNOWN",
    text: /no package no-such-package in http.*requirements\.txt.*Correct its name/s,
  },
  "a version that does not exist": {
    ...requirements("good==9.0\n"),
    code: "SLUICE_PYTHON_VERSION_UNKNOWN",
    text: /good==9\.0.*requirements\.txt.*2\.0, 1\.0/s,
  },
  "requirements in conflict": {
    ...requirements("good==2.0\nwants-old\n"),
    code: "SLUICE_PYTHON_CONFLICT",
    text: /wants-old depend.* on good<2.*good==2\.0.*requirements\.txt.*Loosen/s,
  },
  "a hash that no file has": {
    ...requirements(`good==1.0 --hash=sha256:${"0".repeat(64)}\n`),
    code: "SLUICE_PYTHON_HASH_NOT_ALLOWED",
    text: /good 1\.0.*good-1\.0-py3-none-any\.whl.*requirements\.txt.*--generate-hashes/s,
  },
  "a file that is not the listed one": {
    ...requirements("changed\n"),
    code: "SLUICE_PYTHON_HASH_MISMATCH",
    text: /changed-1\.0-py3-none-any\.whl.*expected sha256 0{64}.*Find out who changed it/s,
  },
  "no network": {
    ...requirements("good\n"),
    env: { UV_DEFAULT_INDEX: NOWHERE },
    code: "SLUICE_PYTHON_INDEX_UNREACHABLE",
    text: /good could not be fetched from http:\/\/127\.0\.0\.1:1\/simple\/good\/.*refused.*Check the network/s,
  },
  "a package that is there as sources alone": {
    ...requirements("sources\n"),
    code: "SLUICE_PYTHON_NO_WHEEL",
    text: /sources 1\.0 is there as a source distribution only.*findLinks.*layer/s,
  },
  "a package for Windows alone": {
    ...requirements("windows\n"),
    code: "SLUICE_PYTHON_NO_WHEEL",
    text: /windows 1\.0 is for Windows only.*requirements\.txt.*sys_platform/s,
  },
  "a function that the module does not have": {
    config: config({ functions: { a: "app.py#main" } }),
    code: "SLUICE_PYTHON_HANDLER_NOT_DEFINED",
    text: /has no "main".*lambda_handler.*app\.py/s,
  },
  "a handler string that is none": {
    config: config({ functions: { a: { entry: "app.py", handler: "app" } } }),
    code: "SLUICE_PYTHON_HANDLER_INVALID",
    text: /"app".*functions\.a\.handler.*app\.lambda_handler/s,
  },
  "a module with an error of syntax": {
    files: { "app.py": `import prices\n${HANDLER}`, "prices.py": "VAT = 1\ndef vat()\n    return VAT\n" },
    code: "SLUICE_PYTHON_SYNTAX_ERROR",
    text: /not valid Python.*prices\.py:2:10.*Correct the source/s,
  },
  "more than AWS takes": {
    ...requirements("big-data\nbig-model\n"),
    code: "SLUICE_ARTIFACT_TOO_LARGE",
    text: /262144000.*big-data \(150\.0 MB\), big-model \(120\.0 MB\).*functions\.a.*layer/s,
  },
  "a runtime that is no runtime": {
    config: config({ functions: { a: { entry: "app.py", runtime: "python313" } } }),
    code: "SLUICE_PYTHON_RUNTIME_UNKNOWN",
    text: /python313.*functions\.a\.runtime.*Did you mean python3\.13\?/s,
  },
  "a module that nothing gives": {
    files: { "app.py": `import requests\n${HANDLER}` },
    code: "SLUICE_PYTHON_IMPORT_UNRESOLVED",
    text: /imports requests.*app\.py:1.*Add requests to a requirements\.txt/s,
  },
  "requirements that include themselves": {
    ...requirements("good\n-r requirements.txt\n"),
    code: "SLUICE_PYTHON_REQUIREMENTS_CIRCULAR",
    text: /requirements\.txt → requirements\.txt.*requirements\.txt:2/s,
  },
  "a lock of a format to come": {
    files: { "pylock.toml": 'lock-version = "9.0"\ncreated-by = "x"\npackages = []\n' },
    code: "SLUICE_PYTHON_PYLOCK_INVALID",
    text: /9\.0.*pylock\.toml.*Lock again/s,
  },
  "a project file that is no TOML": {
    files: { "pyproject.toml": '[project]\nname = "x\n' },
    code: "SLUICE_PYTHON_PROJECT_INVALID",
    text: /pyproject\.toml:2:\d+/,
  },
};

describe("bad input of Python functions", () => {
  it.each(Object.entries(CASES))("refuses %s with one error", { timeout: TIMEOUT }, async (_what, given) => {
    const files = { "sluice.config.json": given.config ?? CONFIG, "app.py": HANDLER, ...given.files };
    const repository = await make(files);
    const failure = await run(repository, ["build"], await variables(repository, given.env));
    expect([failure.exitCode, failure.codes]).toEqual([2, [given.code]]);
    const { message, hint } = failure.error;
    expect(`${message}\n${failure.where.join(" ")}\n${hint}`).toMatch(given.text);
    expect(failure.stderr).toContain(given.code);
    await expectNothingLeft(repository);
  });

  it("refuses as a gate a package that is bigger than its function may be", {
    timeout: TIMEOUT,
  }, async () => {
    const repository = await make({
      "sluice.config.json": config({ functions: { a: { entry: "app.py", maxSize: 100 } } }),
      "app.py": HANDLER,
    });
    const failure = await run(repository, ["build"], await variables(repository));
    expect([failure.exitCode, failure.codes]).toEqual([3, ["SLUICE_SIZE_BUDGET"]]);
  });

  it("says all on stderr, and leaves what was built before", { timeout: TIMEOUT }, async () => {
    const repository = await make({
      "sluice.config.json": CONFIG,
      "app.py": HANDLER,
      "requirements.txt": "good==1.0\n",
    });
    const env = jobEnvironment(repository.home, await variables(repository));
    const built = await sluice(repository.path, ["build"], env);
    expect([built.exitCode, built.stdout]).toEqual([0, ""]);
    const artifacts = join(repository.path, ".sluice", "artifacts");
    const before = await namesIn(artifacts);
    await repository.write("requirements.txt", "good==9.0\n");
    const refused = await sluice(repository.path, ["build"], env);
    expect([refused.exitCode, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/✗ There is no version .*\n.*SLUICE_PYTHON_VERSION_UNKNOWN .*\n\s+→ /);
    expect(await namesIn(artifacts)).toEqual(before);
    expect(await namesIn(join(repository.home, "tmp"))).toEqual([]);
  });

  it("needs no network for what was built, and for what was fetched", { timeout: TIMEOUT }, async () => {
    const repository = await make({
      "sluice.config.json": CONFIG,
      "app.py": HANDLER,
      "requirements.txt": "good==1.0\n",
    });
    const online = jobEnvironment(repository.home, await variables(repository));
    expect((await sluice(repository.path, ["build"], online)).exitCode).toBe(0);
    const offline = { ...online, HTTP_PROXY: "http://127.0.0.1:1", UV_OFFLINE: "1" };
    await repository.write("app.py", `import good\n${HANDLER}`);
    const again = await sluice(repository.path, ["build"], offline);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.not.stringContaining("✗")]);
  });
});

import { isSluiceError, type Problem } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startIndex } from "../testing/index-server.ts";
import { type ResolverScene, requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

const TIMEOUT = 120_000;
const changed = makeWheel({ name: "changed" });
const packages = [
  makeWheel({ name: "six" }),
  makeWheel({ name: "wants-old-six", metadata: ["Requires-Dist: six<1"] }),
  { ...makeWheel({ name: "newer", metadata: ["Requires-Python: >=3.14"] }), requiresPython: ">=3.14" },
  makeWheel({ name: "windows", tag: "cp313-cp313-win_amd64" }),
  makeWheel({ name: "wants-windows", metadata: ["Requires-Dist: windows"] }),
  { ...changed, sha256: "0".repeat(64) },
];
const USER = "someone";
const PASSWORD = "pässword";

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

describe.each(["uv", "pip"])("what %s refuses", (installer) => {
  async function refusal(
    text: string,
    options: Parameters<ResolverScene["run"]>[0] = {},
    request: Parameters<typeof requirementsOf>[2] = {},
  ): Promise<Problem> {
    const env = { SLUICE_PYTHON_INSTALLER: installer, PIP_INDEX_URL: scene.index.url, ...options.env };
    const run = scene.run({ ...options, env });
    const error = await resolveDependencies(run, requirementsOf(scene.root, text, request)).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!isSluiceError(error)) throw error ?? new Error("Nothing was refused.");
    expect(error.message).not.toContain("sluice-python-");
    return error.problems[0];
  }

  it("is told as a runtime that a package excludes", { timeout: TIMEOUT }, async () => {
    expect(await refusal("newer\n")).toMatchObject({
      code: "SLUICE_PYTHON_RUNTIME_EXCLUDED",
      message: expect.stringMatching(/^newer.* wants Python >=3\.14, .* python3\.13\.$/),
    });
  });

  it("is told by the lines that cannot be met together", { timeout: TIMEOUT }, async () => {
    const { code, message } = await refusal("six==1.0\nwants-old-six\n");
    expect([code, message]).toEqual([
      "SLUICE_PYTHON_CONFLICT",
      expect.stringMatching(/wants-old-six.*six==1\.0/),
    ]);
  });

  it("is told with the address that does not answer", { timeout: TIMEOUT }, async () => {
    const nowhere = "http://127.0.0.1:1/simple/";
    const env = { UV_DEFAULT_INDEX: nowhere, PIP_INDEX_URL: nowhere, PIP_RETRIES: "0" };
    expect(await refusal("six\n", { env })).toMatchObject({
      code: "SLUICE_PYTHON_INDEX_UNREACHABLE",
      message: expect.stringMatching(
        installer === "uv"
          ? /^six could not be fetched from http:\/\/127\.0\.0\.1:1\/simple\/six\/: .* \(1 attempt\)\.$/
          : /^six could not be fetched from http:\/\/127\.0\.0\.1:1\/simple\/six\//,
      ),
    });
  });

  it("is told as a page that is no index's", { timeout: TIMEOUT }, async () => {
    const login = await startIndex({
      packages: [],
      intercept: (_, response) => {
        response.writeHead(200, { "content-type": "text/html" }).end("<html><form>Sign in</form></html>");
        return true;
      },
    });
    try {
      const env = { UV_DEFAULT_INDEX: login.url, PIP_INDEX_URL: login.url };
      const { code, hint } = await refusal("six==1.0\n", { env });
      expect(code).toMatch(/_(?:VERSION|PACKAGE)_UNKNOWN$/);
      if (installer === "uv")
        expect(hint).toContain(`a login page, or one of a proxy, answers at ${login.url}`);
    } finally {
      await login.stop();
    }
  });

  it("is told as an index that lets nobody in", { timeout: TIMEOUT }, async () => {
    const closed = await startScene({ packages, credentials: { username: USER, password: "another" } });
    try {
      const { host } = new URL(closed.index.url);
      const address = `http://${USER}:${encodeURIComponent(PASSWORD)}@${host}/simple/`;
      const problem = await refusal("six==1.0\n", {
        env: { UV_DEFAULT_INDEX: address, PIP_INDEX_URL: address },
      });
      expect(problem.code).toBe("SLUICE_PYTHON_INDEX_DENIED");
      expect(problem.message).toContain(", with credentials");
      expect(JSON.stringify(problem)).not.toMatch(/p(ä|%C3%A4)ssword/i);
    } finally {
      await closed[Symbol.asyncDispose]();
    }
  });

  it("is told as a file with another hash", { timeout: TIMEOUT }, async () => {
    const sum = "1".repeat(64);
    const { code, message } = await refusal(
      `six==1.0 --hash=sha256:${sum}\n`,
      {},
      { hashes: new Map([["six", [sum]]]), requireHashes: true },
    );
    expect([code, message]).toEqual(["SLUICE_PYTHON_HASH_NOT_ALLOWED", expect.stringContaining("six 1.0")]);
  });

  it("is told as a folder of wheels that is not there", { timeout: TIMEOUT }, async () => {
    expect(await refusal("six\n", { findLinks: ["wheels"] })).toMatchObject({
      code: "SLUICE_PYTHON_FIND_LINKS",
      where: "functions.tiny.python.findLinks",
      message: expect.stringContaining("wheels"),
    });
  });
});

it("names who asks for what is for another system, where uv tells", { timeout: TIMEOUT }, async () => {
  const refusal = (text: string): Promise<unknown> =>
    resolveDependencies(scene.run(), requirementsOf(scene.root, text)).catch((error: unknown) => error);
  expect(await refusal("wants-windows\n")).toMatchObject({
    code: "SLUICE_PYTHON_NO_WHEEL",
    message: "windows 1.0 is for Windows only; AWS Lambda is Linux (wants-windows asks for it).",
    hint: expect.stringContaining("leave that package out"),
  });
  expect(await refusal("windows\n")).toMatchObject({
    message: "windows 1.0 is for Windows only; AWS Lambda is Linux.",
    hint: expect.stringContaining("sys_platform"),
  });
});

it("tells a wheel that is none", { timeout: TIMEOUT }, async () => {
  await scene.write("own/six-2.0-py3-none-any.whl", "version https://git-lfs.github.com/spec/v1\n");
  const asked = resolveDependencies(
    scene.run(),
    requirementsOf(scene.root, "./own/six-2.0-py3-none-any.whl\n"),
  );
  await expect(asked).rejects.toMatchObject({
    code: "SLUICE_PYTHON_WHEEL_DAMAGED",
    message: expect.stringContaining("six-2.0-py3-none-any.whl"),
  });
});

it("tells a file that pip was given another one for than the index lists", { timeout: TIMEOUT }, async () => {
  const run = scene.run({ env: { SLUICE_PYTHON_INSTALLER: "pip", PIP_INDEX_URL: scene.index.url } });
  await expect(resolveDependencies(run, requirementsOf(scene.root, "changed\n"))).rejects.toMatchObject({
    code: "SLUICE_PYTHON_HASH_MISMATCH",
    message: expect.stringMatching(/changed-1\.0-py3-none-any\.whl.*expected sha256 0{64}, got/),
  });
});

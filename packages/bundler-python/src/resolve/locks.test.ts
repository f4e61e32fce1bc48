import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { isSluiceError } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Dependencies, ResolveRequest } from "../dependencies.ts";
import { type ResolverScene, requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { testUv } from "../testing/uv.ts";
import { makeWheel } from "../testing/wheels.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

const TIMEOUT = 120_000;
const build = '[build-system]\nrequires = []\nbuild-backend = "none"\n';
const credentials = { username: "deployer", password: "s3cr3t+pass" };

let scene: ResolverScene;
beforeAll(async () => {
  const packages = [
    makeWheel({ name: "six" }),
    makeWheel({ name: "toml", metadata: ["Requires-Dist: six"] }),
    makeWheel({ name: "tool" }),
    makeWheel({ name: "dev-only" }),
    makeWheel({ name: "fast" }),
  ];
  scene = await startScene({ packages, credentials });
  await scene.write(
    "pyproject.toml",
    '[project]\nname = "root"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["tool"]\n[tool.uv.workspace]\nmembers = ["api", "shared"]\n',
  );
  await scene.write(
    "api/pyproject.toml",
    `[project]\nname = "api"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["toml", "shared"]\n[project.optional-dependencies]\nfast = ["fast"]\n[dependency-groups]\ndev = ["dev-only"]\ntools = ["tool"]\n[tool.uv.sources]\nshared = { workspace = true }\n${build}`,
  );
  await scene.write(
    "shared/pyproject.toml",
    `[project]\nname = "shared"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["six"]\n${build}`,
  );
  const env = {
    ...process.env,
    ...scene.run().context.env,
    UV_DEFAULT_INDEX: scene.index.urlWithCredentials,
  };
  await promisify(execFile)(await testUv(), ["lock", "--quiet"], { cwd: scene.root, env });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

function locked(request: Partial<Extract<ResolveRequest, { readonly type: "uv" }>> = {}): Dependencies {
  return {
    ...requirementsOf(scene.root, ""),
    kind: "uv",
    label: "uv.lock",
    files: [join(scene.root, "uv.lock")],
    request: { type: "uv", extras: [], groups: [], member: "api", ...request },
  };
}

async function found(
  dependencies: Dependencies,
  options: Parameters<ResolverScene["run"]>[0] = {},
): Promise<string[]> {
  const env = { UV_DEFAULT_INDEX: scene.index.urlWithCredentials, ...options.env };
  const { wheels, projects } = await resolveDependencies(scene.run({ ...options, env }), dependencies);
  return [...wheels.map(({ name }) => name), ...projects.map(({ name }) => `${name}/`)];
}

function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => (isSluiceError(error) ? error.problems[0] : error),
  );
}

it("packs of a uv.lock what the member needs, and the groups and extras that are named", {
  timeout: TIMEOUT,
}, async () => {
  const requests = scene.index.requests.length;
  expect(await found(locked())).toEqual(["six", "toml", "shared/"]);
  expect(await found(locked({ extras: ["fast"], groups: ["tools"] }))).toEqual([
    "fast",
    "six",
    "toml",
    "tool",
    "shared/",
  ]);
  expect(await found(locked({ member: null }))).toEqual(["tool"]);
  expect(await found(locked(), { provided: ["toml"] })).toEqual(["six", "shared/"]);
  expect(scene.index.requests).toHaveLength(requests);
});

it("wants uv for a uv.lock", { timeout: TIMEOUT }, async () => {
  const work = found(locked(), { env: { SLUICE_PYTHON_INSTALLER: "pip" } });
  expect(await refusal(work)).toMatchObject({ code: "SLUICE_PYTHON_LOCK_NEEDS_UV", where: "uv.lock" });
});

it("reads a pylock.toml without any process", async () => {
  const text = `lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "six"\nversion = "1.0"\nwheels = [{ url = "${scene.index.fileUrl("six-1.0-py3-none-any.whl")}", hashes = { sha256 = "${"a".repeat(64)}" } }]\n[[packages]]\nname = "git-thing"\nvcs = { type = "git", url = "https://example.org/a", commit-id = "abc" }\n`;
  const lock: Dependencies = {
    ...locked(),
    kind: "pylock",
    label: "pylock.toml",
    request: { type: "pylock", text },
  };
  const nothing = { env: { SLUICE_UV: "/nowhere", PATH: "/nowhere" } };
  expect(await found(lock, { ...nothing, provided: ["git-thing"] })).toEqual(["six"]);
  expect(await refusal(found(lock, nothing))).toMatchObject({
    code: "SLUICE_PYTHON_GIT_SOURCE",
    message: "git-thing comes from a version control system, not as a wheel.",
  });
});

it.each(["uv", "pip"])(
  "never shows credentials, and keeps none: %s",
  { timeout: TIMEOUT },
  async (installer) => {
    const run = scene.run({
      env: {
        SLUICE_PYTHON_INSTALLER: installer,
        UV_DEFAULT_INDEX: scene.index.urlWithCredentials,
        PIP_INDEX_URL: scene.index.urlWithCredentials,
      },
    });
    const { wheels } = await resolveDependencies(run, requirementsOf(scene.root, "six\n"));
    expect(wheels[0]?.from).toEqual({ url: scene.index.fileUrl("six-1.0-py3-none-any.whl") });
    const wrong = scene.index.urlWithCredentials.replace("deployer", "someone");
    const denied = scene.run({
      env: { SLUICE_PYTHON_INSTALLER: installer, UV_DEFAULT_INDEX: wrong, PIP_INDEX_URL: wrong },
    });
    const problem = await refusal(resolveDependencies(denied, requirementsOf(scene.root, "toml\n")));
    expect(problem).toMatchObject({ code: "SLUICE_PYTHON_INDEX_DENIED" });
    const shown = JSON.stringify([problem, denied.context.lines, run.context.lines, run.context.events]);
    expect(shown).not.toMatch(/s3cr3t/);
  },
);

it("says that the index cannot be reached", { timeout: TIMEOUT }, async () => {
  const work = found(requirementsOf(scene.root, "six\n"), {
    env: { UV_DEFAULT_INDEX: "http://127.0.0.1:9/simple/" },
  });
  expect(await refusal(work)).toMatchObject({
    code: "SLUICE_PYTHON_INDEX_UNREACHABLE",
    message: expect.stringMatching(/127\.0\.0\.1:9\/simple\/six\/: .*refused/),
  });
});

it("says that there is no Python, and what a project wants", { timeout: TIMEOUT }, async () => {
  const without = found(requirementsOf(scene.root, "six\n"), { env: { PATH: "/nowhere" } });
  expect(await refusal(without)).toMatchObject({ code: "SLUICE_PYTHON_NOT_FOUND" });
  const file = await scene.write(
    "other/pyproject.toml",
    '[project]\nname = "other"\nversion = "1"\nrequires-python = ">=3.14"\ndependencies = ["six"]\n',
  );
  const project: Dependencies = {
    ...requirementsOf(join(scene.root, "other"), "six\n", { inputs: [file] }),
    kind: "pyproject",
    label: "other/pyproject.toml",
    files: [file],
  };
  expect(await refusal(found(project))).toMatchObject({
    code: "SLUICE_PYTHON_RUNTIME_EXCLUDED",
    where: "other/pyproject.toml",
  });
});

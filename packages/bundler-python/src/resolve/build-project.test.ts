import { existsSync, readdirSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ResolverScene, startScene } from "../testing/resolver-scene.ts";
import { openWheel } from "../wheels/wheel.ts";
import { buildProject, projectFiles } from "./build-project.ts";

const TIMEOUT = 240_000;

/** A build system in the project itself: nothing is fetched. It leaves what setuptools leaves. */
const BACKEND = `
import os, zipfile, time
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    os.makedirs("own.egg-info", exist_ok=True)
    if os.path.exists("fail"):
        raise SystemExit("the build gave up")
    tag = open("tag").read().strip() if os.path.exists("tag") else "py3-none-any"
    name = f"own-1.0-{tag}.whl"
    files = {
        "own/__init__.py": open("own/__init__.py").read(),
        "own-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\n",
        "own-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: {tag}\\n",
        "own-1.0.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as z:
        for path, text in files.items():
            z.writestr(zipfile.ZipInfo(path, time.localtime()[:6]), text)
    return name
`;

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages: [] });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

async function project(
  name: string,
  files: Readonly<Record<string, string>> = {},
): Promise<{ name: string; path: string }> {
  const all = {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "backend.py": BACKEND,
    "own/__init__.py": "answer = 42\n".repeat(50),
    ...files,
  };
  for (const [path, content] of Object.entries(all)) await scene.write(`${name}/${path}`, content);
  return { name: "own", path: join(scene.root, name) };
}

function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => (isSluiceError(error) ? error.problems[0] : error),
  );
}

describe.each(["uv", "pip"])("a project that is built by %s", (installer) => {
  const env = { SLUICE_PYTHON_INSTALLER: installer };

  it("may be built by two runs at once", { timeout: TIMEOUT }, async () => {
    const own = await project(`twice-${installer}`);
    const runs = [1, 2, 3].map(() => scene.run({ env }));
    const wheels = await Promise.all(runs.map((run) => buildProject(run, own)));
    expect(new Set(wheels).size).toBe(1);
  });

  it("becomes a wheel that is the same each time, and leaves nothing behind", {
    timeout: TIMEOUT,
  }, async () => {
    const own = await project(`pure-${installer}`);
    const before = readdirSync(own.path);
    const run = scene.run({ env });
    const [path, again] = await Promise.all([buildProject(run, own), buildProject(run, own)]);
    expect(again).toBe(path);
    expect(basename(path)).toBe("own-1.0-py3-none-any.whl");
    const bytes = await readFile(path);
    const wheel = openWheel(path, bytes);
    expect(wheel.files.map((file) => file.path)).toContain("own/__init__.py");
    expect(readdirSync(own.path)).toEqual(before);
    await rm(join(run.cache, "python"), { recursive: true });
    const second = await buildProject(scene.run({ env }), own);
    expect(second).toBe(path);
    expect((await readFile(second)).equals(bytes)).toBe(true);
  });

  it("is refused with one clear error", { timeout: TIMEOUT }, async () => {
    const failing = await project(`failing-${installer}`, { fail: "" });
    expect(await refusal(buildProject(scene.run({ env }), failing))).toMatchObject({
      code: "SLUICE_PYTHON_PROJECT_BUILD",
      message: expect.stringMatching(
        new RegExp(`failing-${installer} could not be built[^]*the build gave up`),
      ),
    });
    const native = await project(`native-${installer}`, { tag: "cp311-cp311-linux_x86_64" });
    expect(await refusal(buildProject(scene.run({ env }), native))).toMatchObject({
      code: "SLUICE_PYTHON_PROJECT_MISFIT",
    });
  });
});

it("is built anew when a file of it changes, but not for what builds and tools leave", {
  timeout: TIMEOUT,
}, async () => {
  const own = await project("changing");
  const first = await buildProject(scene.run(), own);
  for (const path of ["build/lib/x.py", "own.egg-info/PKG-INFO", ".venv/bin/python", "own/__pycache__/a.pyc"])
    await scene.write(`changing/${path}`, "left");
  expect(await buildProject(scene.run(), own)).toBe(first);
  await scene.write("changing/own/build/kept.py", "");
  expect(projectFiles(own.path).map((path) => path.slice(own.path.length + 1))).toEqual([
    "backend.py",
    "own/__init__.py",
    "own/build/kept.py",
    "pyproject.toml",
  ]);
  expect(await buildProject(scene.run(), own)).not.toBe(first);
});

it("wants a runtime that it is for, and a folder that is there", { timeout: TIMEOUT }, async () => {
  const old = await project("old", {
    "pyproject.toml": '[project]\nname = "own"\nversion = "1"\nrequires-python = "<3.12"\n',
  });
  expect(await refusal(buildProject(scene.run(), old))).toMatchObject({
    code: "SLUICE_PYTHON_RUNTIME_EXCLUDED",
    message: "old wants Python <3.12, and the function's runtime is python3.13.",
  });
  const gone = { name: "gone", path: join(scene.root, "gone") };
  expect(await refusal(buildProject(scene.run(), gone))).toMatchObject({
    code: "SLUICE_PYTHON_PROJECT_BUILD",
  });
  expect(existsSync(gone.path)).toBe(false);
});

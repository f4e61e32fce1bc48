import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyPython } from "../check/find-python.ts";
import { bundle, unpacked } from "../testing/bundle.ts";
import { type ResolverScene, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";

const wheel = (version: string, text: string) =>
  makeWheel({ name: "shapes", version, files: { "shapes.py": text } });

/** As requirements files have it. */
const variable = (name: string) => `$\{${name}}`;

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({
    packages: [wheel("1.0", "FROM = 'index 1.0'\n"), wheel("1.1", "FROM = 'index 1.1'\n")],
  });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

let count = 0;
/** A repository whose function needs the requirements. `shapes` is what is packed of the package, and whether that is new. */
async function repository(requirements: string, findLinks: readonly string[] = [], more: object = {}) {
  const name = `decided-${++count}`;
  const root = join(scene.root, name);
  mkdirSync(root, { recursive: true });
  const write = (path: string, content: string | Uint8Array) => scene.write(`${name}/${path}`, content);
  await write("app.py", "import shapes\ndef handler(event, context): ...\n");
  await write("requirements.txt", requirements);
  const config: Config = {
    functions: { app: { entry: "app.py#handler", runtime: "python3.13", python: { findLinks }, ...more } },
    bundle: { importCheck: false },
  };
  const build = async (env: Record<string, string> = {}) => {
    const { context } = scene.run({ env });
    const { artifacts, problems } = await bundle(config, testContext({ cwd: root, env: context.env }));
    if (problems[0] !== undefined) throw new Error(problems[0].code);
    return { shapes: unpacked(artifacts[0])["shapes.py"], cached: artifacts[0]?.cached };
  };
  return { root, write, build };
}

describe("what decides a package beside its sources", { timeout: 120_000 }, () => {
  const FOLDER = "shapes-2.0-py3-none-any.whl";

  it("is a wheel in a folder of findLinks that is replaced under its name", async () => {
    const { write, build } = await repository("shapes==2.0\n", ["wheels"]);
    await write(`wheels/${FOLDER}`, wheel("2.0", "FROM = 'one'\n").bytes);
    expect(await build()).toEqual({ shapes: "FROM = 'one'\n", cached: false });
    expect(await build()).toEqual({ shapes: "FROM = 'one'\n", cached: true });
    await write(`wheels/${FOLDER}`, wheel("2.0", "FROM = 'two'\n").bytes);
    expect(await build()).toEqual({ shapes: "FROM = 'two'\n", cached: false });
  });

  it("is a wheel that appears in a folder of findLinks", async () => {
    const { write, build } = await repository("shapes\n", ["wheels"]);
    await write("wheels/readme.txt", "");
    expect(await build()).toEqual({ shapes: "FROM = 'index 1.1'\n", cached: false });
    await write(`wheels/${FOLDER}`, wheel("2.0", "FROM = 'folder'\n").bytes);
    expect(await build()).toEqual({ shapes: "FROM = 'folder'\n", cached: false });
    expect(await build()).toMatchObject({ cached: true });
  });

  it("is a wheel outside of the repository that the environment gives", async () => {
    const { build } = await repository("shapes==2.0\n");
    const folder = join(scene.fixture.path, "given");
    const env = { UV_FIND_LINKS: folder };
    await scene.write(join("../given", FOLDER), wheel("2.0", "FROM = 'one'\n").bytes);
    expect(await build(env)).toEqual({ shapes: "FROM = 'one'\n", cached: false });
    expect(await build(env)).toMatchObject({ cached: true });
    await scene.write(join("../given", FOLDER), wheel("2.0", "FROM = 'two'\n").bytes);
    expect(await build(env)).toEqual({ shapes: "FROM = 'two'\n", cached: false });
  });

  it("is a wheel that a pylock.toml names by its path", async () => {
    const { write, build } = await repository("shapes\n");
    const lock = async (text: string) => {
      const { bytes, sha256 } = wheel("2.0", text);
      await write(FOLDER, bytes);
      return `lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "shapes"\nversion = "2.0"\nwheels = [{ path = "${FOLDER}", hashes = { sha256 = "${sha256}" } }]\n`;
    };
    await write("pylock.toml", await lock("FROM = 'one'\n"));
    expect(await build()).toEqual({ shapes: "FROM = 'one'\n", cached: false });
    await lock("FROM = 'two'\n");
    await expect(build()).rejects.toThrow("SLUICE_PYTHON_HASH_MISMATCH");
  });

  it("is the value of a variable that a requirements file names, and of one that configures the resolver", async () => {
    const { build } = await repository(`shapes==${variable("SHAPES")}\n`);
    expect(await build({ SHAPES: "1.0" })).toEqual({ shapes: "FROM = 'index 1.0'\n", cached: false });
    expect(await build({ SHAPES: "1.0" })).toMatchObject({ cached: true });
    expect(await build({ SHAPES: "1.1" })).toEqual({ shapes: "FROM = 'index 1.1'\n", cached: false });
    const loose = await repository("shapes\n");
    expect(await loose.build()).toMatchObject({ shapes: "FROM = 'index 1.1'\n" });
    const lowest = await loose.build({ UV_RESOLUTION: "lowest" });
    expect(lowest).toEqual({ shapes: "FROM = 'index 1.0'\n", cached: false });
  });

  it("is a file of constraints that the environment names", async () => {
    const { write, build } = await repository("shapes\n");
    const env = { UV_CONSTRAINT: await write("constraints.txt", "shapes<1.1\n") };
    expect(await build(env)).toEqual({ shapes: "FROM = 'index 1.0'\n", cached: false });
    expect(await build(env)).toMatchObject({ cached: true });
    await write("constraints.txt", "shapes<2\n");
    expect(await build(env)).toEqual({ shapes: "FROM = 'index 1.1'\n", cached: false });
  });

  it("is the Python that compiles modules", async () => {
    const python = await anyPython({ env: process.env, signal: AbortSignal.timeout(60_000) });
    if (python === null) throw new Error("The tests need a Python.");
    const runtime = `python3.${python.minor}`;
    const { root, build } = await repository("", [], { runtime, python: { compiled: true } });
    await build({ [`SLUICE_PYTHON_3_${python.minor}`]: python.path });
    const record = JSON.parse(readFileSync(join(root, ".sluice/cache/app.json"), "utf8"));
    const outside = record.lockfiles.map(([path]: [string]) => resolve(root, path));
    expect(outside).toEqual([python.path]);
  });

  it("is not a token in an index's address", async () => {
    const url = scene.index.url.replace("//", `//ci:${variable("TOKEN")}@`);
    const { build } = await repository(`--index-url ${url}\nshapes\n`);
    const given = (token: string) => ({
      TOKEN: token,
      UV_INDEX: scene.index.url.replace("//", `//ci:${token}@`),
    });
    expect(await build(given("first-token"))).toMatchObject({ cached: false });
    expect(await build(given("other-token"))).toMatchObject({ cached: true });
  });
});

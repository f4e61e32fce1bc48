import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ResolverScene, requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { testUv } from "../testing/uv.ts";
import { makeWheel } from "../testing/wheels.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

const TIMEOUT = 120_000;
let scene: ResolverScene;
let env: Record<string, string>;
beforeAll(async () => {
  scene = await startScene({ packages: [makeWheel({ name: "six" }), makeWheel({ name: "toml" })] });
  // A uv that counts how often it is run.
  const counting = await scene.write(
    "counting-uv",
    `#!/bin/sh\necho "$1 $2" >> "${scene.root}/runs"\nexec "${await testUv()}" "$@"\n`,
  );
  await chmod(counting, 0o755);
  env = { SLUICE_UV: counting };
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

async function runs(): Promise<string[]> {
  const text = await readFile(join(scene.root, "runs"), "utf8").catch(() => "");
  await rm(join(scene.root, "runs"), { force: true });
  return text.split("\n").filter((line) => line !== "");
}

it("asks uv once for all functions of a run, and not again in the next", { timeout: TIMEOUT }, async () => {
  const file = await scene.write("requirements.txt", "six\n");
  const dependencies = { ...requirementsOf(scene.root, "six\n", { inputs: [file] }), files: [file] };
  const run = scene.run({ env });
  const all = await Promise.all([1, 2, 3].map(() => resolveDependencies(run, dependencies)));
  expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(await runs()).toEqual(["--version ", "pip compile"]);
  const requests = scene.index.requests.length;
  expect(await resolveDependencies(scene.run({ env }), dependencies)).toEqual(all[0]);
  expect(await runs()).toEqual([]);
  expect(scene.index.requests).toHaveLength(requests);

  await scene.write("requirements.txt", "six\ntoml\n");
  const changed = await resolveDependencies(scene.run({ env }), dependencies);
  expect(changed.wheels.map(({ name }) => name)).toEqual(["six", "toml"]);
  await resolveDependencies(scene.run({ env, architecture: "x86_64" }), dependencies);
  await resolveDependencies(scene.run({ env, provided: ["toml"] }), dependencies);
  await resolveDependencies(scene.run({ env: { ...env, UV_PRERELEASE: "allow" } }), dependencies);
  expect((await runs()).filter((line) => line === "pip compile")).toHaveLength(4);
});

it("resolves anew when the wheels of a folder, or the description of a project change", {
  timeout: TIMEOUT,
}, async () => {
  const project =
    '[project]\nname = "own"\nversion = "1"\ndependencies = []\n[build-system]\nrequires = []\nbuild-backend = "none"\n';
  await scene.write("own/pyproject.toml", project);
  await scene.write("wheels/readme.md", "");
  const dependencies = requirementsOf(scene.root, "./own\nmine\n");
  const mine = makeWheel({ name: "mine" });
  await scene.write(`wheels/${mine.filename}`, mine.bytes);
  const options = { env, findLinks: ["wheels"] };
  const first = await resolveDependencies(scene.run(options), dependencies);
  expect(first).toMatchObject({
    wheels: [{ name: "mine", version: "1.0" }],
    projects: [{ name: "own", path: join(scene.root, "own") }],
  });
  await runs();
  await resolveDependencies(scene.run(options), dependencies);
  expect(await runs()).toEqual([]);
  await scene.write("own/pyproject.toml", project.replace("[]", '["six"]'));
  const second = await resolveDependencies(scene.run(options), dependencies);
  expect(second.wheels.map(({ name }) => name)).toEqual(["mine", "six"]);
  const newer = makeWheel({ name: "mine", version: "2.0" });
  await scene.write(`wheels/${newer.filename}`, newer.bytes);
  const third = await resolveDependencies(scene.run(options), dependencies);
  expect(third.wheels[0]).toMatchObject({ name: "mine", version: "2.0", sha256: newer.sha256 });
  await rm(join(scene.root, "wheels", newer.filename));
  const fourth = await resolveDependencies(scene.run(options), dependencies);
  expect(fourth.wheels[0]).toMatchObject({ version: "1.0" });
});

it("resolves anew where what it remembers is of another kind", { timeout: TIMEOUT }, async () => {
  const dependencies = requirementsOf(scene.root, "toml\n");
  const run = scene.run({ env });
  const first = await resolveDependencies(run, dependencies);
  await runs();
  const folder = join(run.cache, "python", "resolutions");
  for (const name of await readdir(folder))
    await writeFile(join(folder, name), '{"schema":1,"resolution":{}}');
  expect(await resolveDependencies(scene.run({ env }), dependencies)).toEqual(first);
  expect(await runs()).toEqual(["--version ", "pip compile"]);
});

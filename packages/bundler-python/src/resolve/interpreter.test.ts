import { chmod, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ResolverScene, requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";
import { hostPython } from "../uv/python.ts";
import { interpreterOptions } from "./interpreter.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages: [makeWheel({ name: "six" })] });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** Versions that neither the host's Python nor the target is searched by. */
const OTHERS = ["python3.8", "python3.9", "python3.15"];

it("leaves uv no reason to ask all Pythons of the PATH", { timeout: 120_000 }, async () => {
  const log = join(scene.root, "asked.txt");
  for (const name of OTHERS) {
    const shim = await scene.write(join("shims", name), `#!/bin/sh\necho ${name} >> '${log}'\nexit 127\n`);
    await chmod(shim, 0o755);
  }
  const PATH = [join(scene.root, "shims"), process.env["PATH"]].join(delimiter);
  // uv would look for the least patch version that the runtime has, which hardly any machine has.
  const run = scene.run({ env: { PATH }, runtime: "python3.14" });
  const { wheels } = await resolveDependencies(run, requirementsOf(scene.root, "six\n"));
  expect(wheels.map(({ name }) => name)).toEqual(["six"]);
  expect(await readFile(log, "utf8").catch(() => "nobody")).toBe("nobody");
});

it("names the host's Python where the target's is not there, and none where there is none", async () => {
  const run = scene.run({ runtime: "python3.99" });
  const host = await hostPython(run.context);
  expect(await interpreterOptions(run)).toEqual(["--python", host?.path]);
  expect(await interpreterOptions(scene.run({ runtime: "python3.99", env: { PATH: scene.root } }))).toEqual(
    [],
  );
});

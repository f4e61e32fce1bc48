import { isSluiceError } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ResolverScene, startScene } from "../testing/resolver-scene.ts";
import { openDependencies } from "./opened.ts";

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages: [] });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

it("refuses packages that cannot fit before it fetches one of them", async () => {
  const entry = (name: string, size: number) =>
    `[[packages]]\nname = "${name}"\nversion = "1.0"\nwheels = [{ url = "${scene.index.url}${name}-1.0-py3-none-any.whl", size = ${size}, hashes = { sha256 = "${"0".repeat(64)}" } }]\n`;
  const packages = entry("torch", 400_000_000) + entry("nvidia-cublas", 150_000_000) + entry("tiny", 5);
  await scene.write("pylock.toml", `lock-version = "1.0"\ncreated-by = "test"\n${packages}`);
  const run = scene.run();
  const fn = { ...run.fn, python: { ...run.fn.python, requirements: ["pylock.toml"] } };
  const session = { root: scene.root } as unknown as Parameters<typeof openDependencies>[0];
  const error: unknown = await openDependencies(session, { ...run, fn }, scene.root).catch(
    (reason) => reason,
  );
  expect(isSluiceError(error) && error.problems).toMatchObject([
    {
      code: "SLUICE_ARTIFACT_TOO_LARGE",
      message: expect.stringContaining("torch (400.0 MB), nvidia-cublas (150.0 MB), tiny (0.0 MB)"),
      where: "functions.tiny",
    },
  ]);
  expect(scene.index.requests).toEqual([]);
});

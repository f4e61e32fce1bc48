import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { isSluiceError } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ResolverScene, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";
import { openDependencies } from "./opened.ts";

/** An index that begins to send what is slow, never ends it, and has not got what is gone once that has begun. */
async function startSlowServer(): Promise<AsyncDisposable & { readonly url: string }> {
  let begun = (): void => undefined;
  const isUnderWay = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const server = createServer(async (request, response) => {
    if (request.url?.includes("slow")) {
      response.writeHead(200).write("PK", () => setTimeout(begun, 200));
      return;
    }
    await isUnderWay;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

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
      message: expect.stringContaining("torch (400.0 MB), nvidia-cublas (150.0 MB)"),
      where: "functions.tiny",
    },
  ]);
  expect(scene.index.requests).toEqual([]);
});

it("leaves nothing of other downloads behind when one fails", async () => {
  const wheels = ["slow", "gone"].map((name) => makeWheel({ name, files: { "x.py": "x".repeat(100_000) } }));
  const entry = ({ filename, sha256 }: (typeof wheels)[number], url: string) =>
    `[[packages]]\nname = "${filename.split("-")[0]}"\nversion = "1.0"\nwheels = [{ url = "${url}${filename}", hashes = { sha256 = "${sha256}" } }]\n`;
  await using server = await startSlowServer();
  const packages = wheels.map((wheel) => entry(wheel, server.url)).join("");
  await scene.write("pylock.toml", `lock-version = "1.0"\ncreated-by = "test"\n${packages}`);
  const run = scene.run();
  const fn = { ...run.fn, python: { ...run.fn.python, requirements: ["pylock.toml"] } };
  const session = { root: scene.root } as unknown as Parameters<typeof openDependencies>[0];
  await expect(openDependencies(session, { ...run, fn }, scene.root)).rejects.toThrow(/gone-1\.0/);
  expect(await readdir(join(run.home, "wheels", "partial"))).toEqual([]);
});

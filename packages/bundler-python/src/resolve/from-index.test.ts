import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ResolverScene, requirementsOf, startScene } from "../testing/resolver-scene.ts";
import { makeWheel } from "../testing/wheels.ts";
import { resolveDependencies } from "./resolve-dependencies.ts";

const arm = makeWheel({ name: "native", version: "1.0", tag: "cp313-cp313-manylinux_2_28_aarch64" });
const intel = makeWheel({ name: "native", version: "1.0", tag: "cp313-cp313-manylinux_2_28_x86_64" });
const six = makeWheel({ name: "six", version: "1.17.0" });
const newer = makeWheel({ name: "six", version: "1.18.0" });

let scene: ResolverScene;
beforeAll(async () => {
  scene = await startScene({ packages: [arm, intel, six, newer] });
}, 300_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** A lock of `six` and `native`, of which only some sums may be allowed; a resolver that is started is an error. */
async function resolve(text: string, allowed: Readonly<Record<string, readonly string[]>>) {
  const run = scene.run({ env: { SLUICE_UV: "/nowhere/uv", SLUICE_PYTHON_INSTALLER: "uv" } });
  const request = { complete: true, requireHashes: true, hashes: new Map(Object.entries(allowed)) };
  const found = await resolveDependencies(run, requirementsOf(scene.root, text, request));
  return {
    names: found.wheels.map(({ filename }) => filename),
    tools: found.tools,
    projects: found.projects,
  };
}

const SUMS = { six: [six.sha256, newer.sha256], native: [arm.sha256, intel.sha256] };

describe("a complete list of pins with their sums", () => {
  it("needs no resolver", async () => {
    expect(
      await resolve("six==1.17\nnative==1.0 ; sys_platform == 'linux'\ngone==1 ; os_name == 'nt'\n", SUMS),
    ).toEqual({
      names: [arm.filename, six.filename],
      tools: {},
      projects: [],
    });
  });

  it.each<[string, string, Readonly<Record<string, readonly string[]>>]>([
    ["a version that the index does not have", "six==2.0", SUMS],
    ["a sum that none of its files has", "six==1.17.0", { six: [arm.sha256] }],
    ["a package without a sum", "six==1.17.0\nnative==1.0", { six: [six.sha256] }],
    ["a version that is not fixed", "six==1.*", SUMS],
    ["an address", "six @ https://files.example/six-1.17.0-py3-none-any.whl", SUMS],
    ["a package of no index", "nowhere==1.0", { nowhere: [six.sha256] }],
  ])("is left to one because of %s", async (_what, text, allowed) => {
    await expect(resolve(text, allowed)).rejects.toThrow(/uv/);
  });
});

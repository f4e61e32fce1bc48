import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, unpacked } from "../testing/repository.ts";

const FILES = {
  "src/a.ts": `import legacy from "legacy";
export const handler = () => {
  return { host: legacy.host(), at: new Error("x").stack };
};`,
  "node_modules/legacy/package.json": '{"name":"legacy","version":"1.0.0","main":"main.js"}',
  "node_modules/legacy/main.js": "exports.host = () => typeof require('os').hostname();",
};

describe("the added require", () => {
  it.each([
    ['import { createRequire } from "node:module"; const require = createRequire(import.meta.url);', false],
    ['import { createRequire } from "node:module";\nvar require = createRequire(import.meta.url), a;', false],
    ["// const require = createRequire(import.meta.url);", true],
    ['"use strict"; globalThis.required = 1;', true],
  ])("stands beside the banner %s only when that declares none", async (js, adds) => {
    await using fixture = await createFixture(FILES);
    const fn = functionOf("a", { esbuild: { banner: { js } } });
    const artifact = one(await bundleAll(fixture.path, [fn]));
    expect(unpacked(artifact)["index.mjs"]?.includes("__sluiceCreateRequire")).toBe(adds);
    expect(await invoke(artifact, {})).toMatchObject({ host: "string" });
  });

  it.each(["linked", "inline", "both"])("moves the map with the code (%s)", async (sourcemap) => {
    await using fixture = await createFixture(FILES);
    const artifact = one(await bundleAll(fixture.path, [functionOf("a", { esbuild: { sourcemap } })]));
    const files = unpacked(artifact);
    expect(files["index.mjs"]).toContain("__sluiceCreateRequire");
    expect(Object.keys(files).includes("index.mjs.map")).toBe(sourcemap !== "inline");
    expect(await invoke(artifact, {}, ["--enable-source-maps"])).toMatchObject({
      at: expect.stringMatching(/src\/a\.ts:3:37/),
    });
  });
});

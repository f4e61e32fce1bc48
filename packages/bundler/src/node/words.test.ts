import { defineConfig } from "@sluice/core";
import type { Plugin } from "esbuild";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { functionOf, problemsOf } from "../testing/repository.ts";
import type { EsbuildBuildOptions } from "./options.ts";

describe("what esbuild says", () => {
  it("names file, line and the imports that lead to a syntax error in a dependency", async () => {
    await using fixture = await createFixture({
      "src/a.ts": 'import "./lib/b"; export const handler = () => 1;',
      "src/lib/b.ts": 'import "broken";',
      "node_modules/broken/package.json": '{"name":"broken","version":"1.0.0"}',
      "node_modules/broken/index.js": "module.exports = {\n  a: ,\n};",
    });
    const [problem] = await problemsOf(fixture.path, functionOf("a"));
    expect(problem).toMatchObject({
      code: "SLUICE_SYNTAX_ERROR",
      where: "node_modules/broken/index.js:2:6",
      message: expect.stringContaining("src/a.ts → src/lib/b.ts → node_modules/broken/index.js"),
    });
  });

  it("names the import that does not match, with the way to it", async () => {
    await using fixture = await createFixture({
      "src/a.js": 'import "./b.js"; export const handler = () => 1;',
      "src/b.js": 'import { gone } from "./c.js"; gone();',
      "src/c.js": "export const here = 1;",
    });
    const [problem] = await problemsOf(fixture.path, functionOf("a", { entry: "src/a.js" }));
    expect(problem).toMatchObject({ where: "src/b.js:1:10" });
    expect(problem?.message).toMatch(
      /No matching export .* for import "gone"\. Imported through .*src\/a\.js → src\/b\.js/,
    );
  });

  it("takes what a plugin says, with its place and its name", async () => {
    const plugin: Plugin = {
      name: "strict",
      setup: (build) => {
        build.onLoad({ filter: /b\.ts$/ }, ({ path }) => ({
          errors: [{ text: "not allowed here", location: { file: path, line: 3, column: 1, lineText: "x" } }],
        }));
      },
    };
    const esbuild: EsbuildBuildOptions = { plugins: [plugin], drop: ["console"], define: { X: "1" } };
    const config = defineConfig({ bundle: { esbuild }, functions: { a: { entry: "src/a.ts", esbuild } } });
    expect(config.bundle?.esbuild).toBe(esbuild);
    // @ts-expect-error: it follows from the function's other keys.
    const owned: EsbuildBuildOptions = { outdir: "dist" };
    expect(owned).toBeDefined();
    await using fixture = await createFixture({
      "src/a.ts": 'import "./b"; export const handler = 1;',
      "src/b.ts": "",
    });
    const [problem] = await problemsOf(fixture.path, functionOf("a", { esbuild: { ...esbuild } }));
    expect(problem?.message).toMatch(/not allowed here.*strict.*src\/a\.ts → .*b\.ts/);
    expect(problem?.where).toMatch(/src\/b\.ts:3:2$/);
  });
});

import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, unpacked } from "../testing/repository.ts";

const pkg = (name: string, rest: object = {}): string => JSON.stringify({ name, version: "3.0.0", ...rest });

/** One package of the SDK as they all are: CommonJS by `main`, ES modules by `module`, and no `exports`. */
function sdk(name: string, esm: string): Record<string, string> {
  const at = `node_modules/${name}`;
  const fields = { main: "./dist-cjs/index.js", module: "./dist-es/index.js", sideEffects: false };
  return {
    [`${at}/package.json`]: pkg(name, fields),
    [`${at}/dist-cjs/index.js`]: `exports.kind = "commonjs of ${name}"; exports.unused = "unused";`,
    [`${at}/dist-es/index.js`]: esm,
  };
}

const FILES = {
  ...sdk(
    "@aws-sdk/client-s3",
    'import { kind as inner } from "@smithy/core"; export const kind = ["esm", inner]; export { unused } from "./unused.js";',
  ),
  "node_modules/@aws-sdk/client-s3/dist-es/unused.js": 'export const unused = "never needed";',
  ...sdk("@smithy/core", 'export const kind = "esm";'),
  "src/a.ts": 'import { kind } from "@aws-sdk/client-s3"; export const handler = () => kind;',
};

async function bundled(files: Record<string, string>, overrides: Parameters<typeof functionOf>[1] = {}) {
  await using fixture = await createFixture(files);
  const artifact = one(await bundleAll(fixture.path, [functionOf("a", overrides)]));
  return { returned: await invoke(artifact, {}), code: unpacked(artifact)["index.mjs"] ?? "", artifact };
}

describe("the AWS SDK", () => {
  it("is bundled from its ES modules, without what nobody uses", async () => {
    const { returned, code } = await bundled(FILES);
    expect(returned).toEqual(["esm", "esm"]);
    expect(code).not.toContain("never needed");
  });

  it("stays CommonJS for who wants module.exports itself, and where the options say so", async () => {
    const byDefault = 'import s3 from "@aws-sdk/client-s3"; export const handler = () => s3.kind;';
    expect((await bundled({ ...FILES, "src/a.ts": byDefault })).returned).toBe(
      "commonjs of @aws-sdk/client-s3",
    );
    const mainFields = await bundled(FILES, { esbuild: { mainFields: ["main"] } });
    expect(mainFields.returned).toBe("commonjs of @aws-sdk/client-s3");
  });

  it("is one copy, whether it is imported or required", async () => {
    const required = {
      "node_modules/old/package.json": pkg("old"),
      "node_modules/old/index.js": 'module.exports = require("@aws-sdk/client-s3").kind;',
      "src/a.ts":
        'import { kind } from "@aws-sdk/client-s3"; import old from "old"; export const handler = () => kind === old;',
    };
    expect((await bundled({ ...FILES, ...required })).returned).toBe(true);
  });

  it("is whatever the tsconfig, an alias or exports make of its name", async () => {
    const mocked = {
      "tsconfig.json": '{"compilerOptions":{"paths":{"@aws-sdk/client-s3":["./mock.ts"]}}}',
      "mock.ts": 'export const kind = "mock";',
    };
    expect((await bundled({ ...FILES, ...mocked })).returned).toBe("mock");
    const alias = { "@aws-sdk/client-s3": "./mock.ts" };
    expect((await bundled({ ...FILES, "mock.ts": mocked["mock.ts"] }, { esbuild: { alias } })).returned).toBe(
      "mock",
    );
    const at = "node_modules/@aws-sdk/client-s3";
    const exported = {
      [`${at}/package.json`]: pkg("@aws-sdk/client-s3", { exports: "./main.js" }),
      [`${at}/main.js`]: 'exports.kind = "exports";',
    };
    expect((await bundled({ ...FILES, ...exported })).returned).toBe("exports");
  });

  it("gives the same bytes when packages are linked from a store", async () => {
    await using fixture = await createFixture(FILES);
    const flat = one(await bundleAll(fixture.path, [functionOf("a", { sourcemap: false })]));
    const store = fixture.getPath("node_modules/.pnpm/sdk/node_modules");
    mkdirSync(store, { recursive: true });
    for (const scope of ["@aws-sdk", "@smithy"])
      renameSync(fixture.getPath("node_modules", scope), `${store}/${scope}`);
    mkdirSync(fixture.getPath("node_modules/@aws-sdk"));
    symlinkSync(`${store}/@aws-sdk/client-s3`, fixture.getPath("node_modules/@aws-sdk/client-s3"));
    const linked = one(await bundleAll(fixture.path, [functionOf("a", { sourcemap: false })]));
    expect(linked.cached).toBe(false);
    expect(linked.manifest.digest).toBe(flat.manifest.digest);
  });
});

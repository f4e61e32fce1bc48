import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, readInventory } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, unpacked } from "./testing/repository.ts";

/** A repository that has some of everything. */
const SHOP = {
  "package.json": '{"name":"shop","version":"1.0.0","type":"module"}',
  "tsconfig.json": '{"compilerOptions":{"paths":{"#lib/*":["./src/lib/*"]}}}',
  "src/lib/price.ts":
    "export const price = (n: number): number => n * 2;\nexport const unused = () => 'UNUSED';",
  "src/orders.ts": `
    import legacy from "legacy";
    import data from "./data.json" with { type: "json" };
    import query from "./query.sql";
    import { price } from "#lib/price.ts";
    const tax: number = await Promise.resolve(1);
    export class OrderError extends Error {}
    export const handler = async (event: { n: number }) =>
      ({ price: price(event.n) + tax, host: legacy.host(), data, query, name: OrderError.name, url: import.meta.url.slice(0, 5) });
    export const other = () => "OTHER";`,
  "src/stock.ts": `import { price } from "./lib/price.ts"; export const handler = (event: { n: number }) => price(event.n);`,
  "src/data.json": '{"a":1}',
  "src/query.sql": "SELECT 1",
  "node_modules/legacy/package.json": '{"name":"legacy","version":"1.0.0","main":"main.js"}',
  "node_modules/legacy/main.js":
    "const os = require('os');\nexports.host = () => typeof os.hostname() + typeof __dirname;",
};

describe("bundler", () => {
  it("bundles functions that share code, each with what it needs alone", async () => {
    await using shop = await createFixture(SHOP);
    const run = await bundleAll(shop.path, [functionOf("orders"), functionOf("stock")]);
    const [orders, stock] = run.artifacts;
    if (!orders || !stock) throw new Error("not both");
    expect(Object.keys(unpacked(orders))).toEqual(["index.mjs", "index.mjs.map"]);
    expect(unpacked(orders)["index.mjs"]).not.toMatch(/OTHER|UNUSED/);
    expect(unpacked(stock)["index.mjs"]).not.toMatch(/SELECT|createRequire/);
    expect(await invoke(orders, { n: 2 })).toEqual({
      price: 5,
      host: "stringstring",
      data: { a: 1 },
      query: "SELECT 1",
      name: "OrderError",
      url: "file:",
    });
    expect(await invoke(stock, { n: 4 })).toBe(8);
    expect(run.notices).toEqual([]);
  });

  it("writes a manifest that says what was built", async () => {
    await using shop = await createFixture(SHOP);
    const options = { commit: "c".repeat(40), packageVersion: "1.0.0" };
    const { manifest, path, cached } = one(await bundleAll(shop.path, [functionOf("orders")], options));
    expect(path).toBe(join(shop.path, ".sluice/artifacts/orders.zip"));
    expect(cached).toBe(false);
    expect(manifest).toMatchObject({
      function: "orders",
      runtime: "nodejs22.x",
      handler: "index.handler",
      compatibleRuntimes: ["nodejs22.x", "nodejs24.x"],
      compatibleArchitectures: ["x86_64", "arm64"],
      commit: "c".repeat(40),
      packageVersion: "1.0.0",
      dirty: false,
    });
    expect(manifest.tools.esbuild).toMatch(/^\d+\.\d+\.\d+$/);
    const inputs = Object.keys(
      readInventory<Metafile>(join(shop.path, ".sluice/cache"), "orders")?.metafile?.inputs ?? {},
    );
    expect(inputs).toContain("node_modules/legacy/main.js");
    expect(inputs).not.toContain("src/stock.ts");
  });

  it("lays the package out so that the handler string resolves", async () => {
    await using shop = await createFixture(SHOP);
    const base = { entry: "src/stock.ts" };
    const functions = [
      functionOf("nested", { ...base, handler: "api/stock.handler" }),
      functionOf("renamed", { ...base, handler: "main.lambdaHandler" }),
      functionOf("property", { ...base, handler: "index.api.stock.get" }),
      functionOf("common", { ...base, format: "cjs" }),
      functionOf("other", { entry: "src/orders.ts", exportName: "other" }),
    ];
    const { artifacts } = await bundleAll(shop.path, functions);
    const files = artifacts.map((artifact) => Object.keys(unpacked(artifact))[0]);
    expect(files).toEqual(["api/stock.mjs", "main.mjs", "index.mjs", "index.js", "index.mjs"]);
    const answers = await Promise.all(artifacts.map((artifact) => invoke(artifact, { n: 1 })));
    expect(answers).toEqual([2, 2, 2, 2, "OTHER"]);
  });

  it("gives CommonJS sources a named export in an ES module", async () => {
    await using shop = await createFixture({
      "src/assigned.cjs": "module.exports = { handler: (event) => event.n + 1 };",
      "src/named.js":
        "const path = require('path'); exports.handler = (event) => path.join('a', String(event.n));",
    });
    const functions = [
      functionOf("assigned", { entry: "src/assigned.cjs" }),
      functionOf("named", { entry: "src/named.js" }),
    ];
    const { artifacts } = await bundleAll(shop.path, functions);
    const answers = await Promise.all(artifacts.map((artifact) => invoke(artifact, { n: 1 })));
    expect(answers).toEqual([2, "a/1"]);
  });

  it("links maps that lead stack traces to the sources, also below the added require", async () => {
    const thrower =
      "import legacy from 'legacy';\nexport const handler = () => {\n  legacy.host();\n  return new Error('x').stack;\n};";
    await using shop = await createFixture({ ...SHOP, "src/throws.ts": thrower });
    const artifact = one(await bundleAll(shop.path, [functionOf("throws")]));
    expect(unpacked(artifact)["index.mjs"]).toMatch(
      /^import\{createRequire.*\n\/\/# sourceMappingURL=index\.mjs\.map\n$/s,
    );
    expect(await invoke(artifact, {}, ["--enable-source-maps"])).toMatch(/src\/throws\.ts:4:10/);
  });

  it("gives the same digest in another folder, through a symbolic link, under another umask and time zone", async () => {
    const functions = [functionOf("orders"), functionOf("stock", { minify: false })];
    await using shop = await createFixture(SHOP);
    const first = await bundleAll(shop.path, functions);
    const digests = first.artifacts.map((artifact) => artifact.manifest.digest);
    const sources = first.artifacts.map((artifact) => artifact.manifest.sources);
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "sluice-elsewhere-")));
    const umask = process.umask(0o077);
    const zone = process.env.TZ;
    process.env.TZ = "Pacific/Kiritimati";
    try {
      mkdirSync(join(elsewhere, "deep/er"), { recursive: true });
      cpSync(shop.path, join(elsewhere, "deep/er/shop"), {
        recursive: true,
        filter: (path) => !path.includes(".sluice"),
      });
      symlinkSync(join(elsewhere, "deep/er/shop"), join(elsewhere, "link"));
      const second = await bundleAll(join(elsewhere, "link"), functions);
      expect(second.artifacts.map((artifact) => artifact.manifest.digest)).toEqual(digests);
      expect(second.artifacts.map((artifact) => artifact.manifest.sources)).toEqual(sources);
      for (const artifact of second.artifacts) {
        expect(Object.values(unpacked(artifact)).join("\n")).not.toMatch(/sluice-elsewhere|fs-fixture/);
      }
      const reversed = await bundleAll(shop.path, [...functions].reverse());
      expect(reversed.artifacts.map((artifact) => artifact.manifest.digest)).toEqual([...digests].reverse());
    } finally {
      process.umask(umask);
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
      rmSync(elsewhere, { recursive: true });
    }
  });

  it("takes the user's esbuild options and plugins", async () => {
    await using shop = await createFixture({
      "src/a.ts": 'import greeting from "virtual:greeting"; export const handler = () => greeting + FLAG;',
    });
    const plugin = {
      name: "greeting",
      setup(build: import("esbuild").PluginBuild): void {
        build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: "greeting" }));
        build.onLoad({ filter: /.*/, namespace: "greeting" }, () => ({
          contents: 'export default "hello "',
        }));
      },
    };
    const fn = functionOf("a", { esbuild: { plugins: [plugin], define: { FLAG: '"world"' } } });
    const artifact = one(await bundleAll(shop.path, [fn]));
    expect(await invoke(artifact, {})).toBe("hello world");
    expect(one(await bundleAll(shop.path, [fn])).cached).toBe(false);
  });

  it("names CommonJS so that a package.json beside it cannot make it an ES module", async () => {
    await using shop = await createFixture({
      "src/a.ts": "export const handler = () => typeof require;",
      "esm/package.json": '{"type": "module"}',
    });
    const cjs = { entry: "src/a.ts", format: "cjs", sourcemap: false } as const;
    const functions = [
      functionOf("beside", { ...cjs, assets: [{ from: "esm/package.json", to: "package.json" }] }),
      functionOf("elsewhere", { ...cjs, assets: [{ from: "esm/package.json", to: null }] }),
    ];
    const { artifacts } = await bundleAll(shop.path, functions);
    expect(artifacts.map((artifact) => Object.keys(unpacked(artifact)))).toEqual([
      ["index.cjs", "package.json"],
      ["esm/package.json", "index.js"],
    ]);
    expect(await Promise.all(artifacts.map((artifact) => invoke(artifact, {})))).toEqual([
      "function",
      "function",
    ]);
  });

  it("keeps the licence texts of what it bundles", async () => {
    await using shop = await createFixture({
      "src/a.ts": "import x from 'x'; export const handler = () => x;",
      "node_modules/x/index.js": "/*! (c) The Author, MIT */ module.exports = 1;",
    });
    const files = unpacked(one(await bundleAll(shop.path, [functionOf("a")])));
    expect(files["index.mjs.LEGAL.txt"]).toContain("(c) The Author, MIT");
    expect(files["index.mjs"]).not.toContain("LEGAL");
  });

  it("shows esbuild's warnings with their place", async () => {
    await using shop = await createFixture({
      "src/a.ts": "export const handler = (x: number) =>\n  x === NaN;",
    });
    const { notices } = await bundleAll(shop.path, [functionOf("a")]);
    expect(notices).toEqual([expect.stringMatching(/NaN.*\(src\/a\.ts:2:5\)$/)]);
  });

  it("takes default exports, absolute entries, and two functions of one source", async () => {
    await using shop = await createFixture({
      "src/a.ts": "export default (event: { n: number }) => event.n;",
      "src/b.cjs": "module.exports = (event) => event.n + 1;",
    });
    const functions = [
      functionOf("a", { exportName: "default" }),
      functionOf("twin", { entry: join(realpathSync(shop.path), "src/a.ts"), exportName: "default" }),
      functionOf("b", { entry: "./src/b.cjs", exportName: "default" }),
    ];
    const { artifacts } = await bundleAll(shop.path, functions);
    const answers = await Promise.all(artifacts.map((artifact) => invoke(artifact, { n: 1 })));
    expect(answers).toEqual([1, 1, 2]);
    expect(artifacts[0]?.manifest.digest).toBe(artifacts[1]?.manifest.digest);
  });

  it("survives two runs at once", async () => {
    await using shop = await createFixture(SHOP);
    const functions = [functionOf("orders"), functionOf("stock")];
    const runs = await Promise.all([1, 2, 3].map(() => bundleAll(shop.path, functions)));
    const digests = runs.map((run) => run.artifacts.map((artifact) => artifact.manifest.digest));
    expect(digests[1]).toEqual(digests[0]);
    const after = await bundleAll(shop.path, functions);
    expect(after.artifacts.map((artifact) => artifact.manifest.digest)).toEqual(digests[0]);
    expect(digestOf(readFileSync(one(after).path))).toBe(one(after).manifest.digest);
  });

  it("answers for no module of another runtime", async () => {
    await using shop = await createFixture({ "src/a.py": "" });
    const run = await bundleAll(shop.path, [functionOf("a", { entry: "src/a.py", runtime: "python3.13" })]);
    expect(run.artifacts).toEqual([]);
    expect(run.context.events).toEqual([]);
  });
});

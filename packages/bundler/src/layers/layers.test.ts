import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readZip } from "@sluice/artifact";
import type { Artifact, LayerArtifact, ResolvedConfig, ResolvedLayer } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { pruneCache } from "../cache/prune.ts";
import { readInventory } from "../inventory.ts";
import { bundleAll, functionOf, one, settleAll, unpacked } from "../testing/repository.ts";

const layerOf = (overrides: Partial<ResolvedLayer> = {}): ResolvedLayer => ({
  name: "shared",
  packages: ["cjs", "esm"],
  folders: [],
  nameTemplate: "{layer}",
  runtime: "nodejs22.x",
  architecture: "x86_64",
  ...overrides,
});

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more });

const FILES = {
  "package.json": manifest("shop", "1.0.0", { dependencies: { cjs: "1", esm: "1", bundled: "1" } }),
  "node_modules/cjs/package.json": manifest("cjs", "1.0.0", {
    main: "lib/main.js",
    dependencies: { deep: "1" },
  }),
  // Names that only running it gives, and a default by the custom of compilers.
  "node_modules/cjs/lib/main.js": `
    const deep = require("deep");
    Object.defineProperty(exports, "__esModule", { value: true });
    for (const name of ["one", "two"]) exports[name] = "CJS-" + name + deep.version;
    exports.default = "CJS-default";`,
  "node_modules/deep/package.json": manifest("deep", "1.0.0"),
  "node_modules/deep/index.js": `exports.version = "-DEEP1"; exports.count = (globalThis.loaded = (globalThis.loaded ?? 0) + 1);`,
  "node_modules/esm/package.json": manifest("esm", "1.0.0", {
    type: "module",
    exports: { ".": { import: "./main.js" }, "./sub": "./sub.js", "./package.json": "./package.json" },
    dependencies: { deep: "1" },
  }),
  "node_modules/esm/main.js": `import deep from "deep"; export const esm = "ESM" + deep.version; export default "ESM-default";`,
  "node_modules/esm/sub.js": `export const sub = "ESM-sub";`,
  "node_modules/bundled/package.json": manifest("bundled", "1.0.0", {
    dependencies: { deep: "2", cjs: "1" },
  }),
  "node_modules/bundled/index.js": `exports.value = require("deep").version + require("cjs").one;`,
  "node_modules/bundled/node_modules/deep/package.json": manifest("deep", "2.0.0"),
  "node_modules/bundled/node_modules/deep/index.js": `exports.version = "-DEEP2";`,
  "shared/fonts/a.ttf": "FONT",
  "src/a.ts": `
    import standard, { one, two } from "cjs";
    import byDefault, { esm } from "esm";
    import { sub } from "esm/sub";
    import { value } from "bundled";
    import { count, version } from "deep";
    export const handler = async () => {
      const later = await import("esm");
      return { standard, one, two, byDefault, esm, sub, value, count, version, later: later.esm };
    };`,
  "src/b.ts": `export const handler = () => "b";`,
};

const EXPECTED = {
  standard: "CJS-default",
  one: "CJS-one-DEEP1",
  two: "CJS-two-DEEP1",
  byDefault: "ESM-default",
  esm: "ESM-DEEP1",
  sub: "ESM-sub",
  value: "-DEEP2CJS-one-DEEP1",
  count: 1,
  version: "-DEEP1",
  later: "ESM-DEEP1",
};

function layersIn(artifact: Artifact): readonly LayerArtifact[] {
  return artifact.layers ?? [];
}

function unpack(artifact: Artifact, folder: string, change: (text: string) => string): void {
  for (const { path, bytes, mode } of readZip(readFileSync(artifact.path)).entries) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(
      join(folder, path),
      /\.[cm]?js$/.test(path) ? change(Buffer.from(bytes).toString()) : bytes,
    );
    chmodSync(join(folder, path), mode & 0o777);
  }
}

/** Runs a handler with its layers unpacked, as Lambda does but for the folder: only root may write to `/opt`. */
async function invokeWithLayers(artifact: Artifact): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-layers-"));
  try {
    for (const layer of layersIn(artifact)) unpack(layer, join(folder, "opt"), (text) => text);
    unpack(artifact, join(folder, "task"), (text) => text.replaceAll('"/opt/', `"${folder}/opt/`));
    const script = `
      import { existsSync } from "node:fs";
      const file = [".js", ".mjs", ".cjs"].map((e) => ${JSON.stringify(join(folder, "task/index"))} + e).find(existsSync);
      const { handler } = await import(file);
      process.stdout.write(JSON.stringify(await handler({})));`;
    const args = ["--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: {}, cwd: folder });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const using = functionOf("a", { layers: ["shared"] });

describe("a layer", () => {
  it("holds packages with all that they need, and folders, in the layout of Lambda", async () => {
    await using shop = await createFixture(FILES);
    const layer = layerOf({
      folders: [
        { from: "shared", to: "" },
        { from: "shared/fonts", to: "/share/fonts/" },
      ],
    });
    const artifact = one(await bundleAll(shop.path, [using], { layers: [layer] }));
    const [shared] = layersIn(artifact);
    if (shared === undefined) throw new Error("no layer");
    expect(shared.path).toBe(join(shop.path, ".sluice/artifacts/layer-shared.zip"));
    expect(Object.keys(unpacked(shared))).toEqual([
      "fonts/a.ttf",
      "nodejs/node_modules/cjs/lib/main.js",
      "nodejs/node_modules/cjs/package.json",
      "nodejs/node_modules/deep/index.js",
      "nodejs/node_modules/deep/package.json",
      "nodejs/node_modules/esm/main.js",
      "nodejs/node_modules/esm/package.json",
      "nodejs/node_modules/esm/sub.js",
      "share/fonts/a.ttf",
    ]);
    expect(shared.manifest).toMatchObject({
      function: "layer-shared",
      compatibleRuntimes: ["nodejs22.x", "nodejs24.x"],
      compatibleArchitectures: ["x86_64", "arm64"],
    });
  });

  it.each(["esm", "cjs"] as const)(
    "is what %s bundles load instead of a copy of their own",
    async (format) => {
      await using shop = await createFixture(FILES);
      const fn = { ...using, format };
      const artifact = one(await bundleAll(shop.path, [fn], { layers: [layerOf()] }));
      const code = unpacked(artifact)[format === "esm" ? "index.mjs" : "index.js"] ?? "";
      expect(code).toContain("DEEP2");
      expect(code).not.toMatch(/CJS-|ESM-|DEEP1/);
      expect(await invokeWithLayers(artifact)).toEqual(EXPECTED);
      const cache = join(shop.path, ".sluice/cache");
      const used = readInventory(cache, "a")?.packages.map(
        ({ name, version, how }) => `${how} ${name} ${version}`,
      );
      expect(used).toEqual([
        "bundled bundled 1.0.0",
        "layer cjs 1.0.0",
        "bundled deep 2.0.0",
        "layer deep 1.0.0",
        "layer esm 1.0.0",
      ]);
      expect(readInventory(cache, "layer-shared")?.packages.map(({ name }) => name)).toEqual([
        "cjs",
        "deep",
        "esm",
      ]);
    },
  );

  it("wins over external and include of the same packages", async () => {
    await using shop = await createFixture(FILES);
    const fn = { ...using, external: ["cjs", "bundled"] };
    const artifact = one(await bundleAll(shop.path, [fn], { layers: [layerOf()] }));
    expect(unpacked(artifact)["index.mjs"]).toContain("/opt/nodejs/node_modules/cjs/lib/main.js");
    // What is copied has its own: an import in it does not look into layers.
    const copied = Object.keys(unpacked(artifact)).filter((path) => path.endsWith("package.json"));
    expect(copied).toEqual([
      "node_modules/bundled/node_modules/deep/package.json",
      "node_modules/bundled/package.json",
      "node_modules/cjs/package.json",
      "node_modules/deep/package.json",
    ]);
    expect(await invokeWithLayers(artifact)).toMatchObject({
      one: "CJS-one-DEEP1",
      value: "-DEEP2CJS-one-DEEP1",
    });
  });

  it("stays when what is no more needed is pruned", async () => {
    await using shop = await createFixture(FILES);
    const run = () => bundleAll(shop.path, [using], { layers: [layerOf()] });
    await run();
    const config = { root: shop.path, functions: [using], layers: [layerOf()] } as unknown as ResolvedConfig;
    pruneCache(config);
    expect(one(await run())).toMatchObject({ cached: true, layers: [{ cached: true }] });
    pruneCache({ ...config, layers: [] });
    expect(existsSync(join(shop.path, ".sluice/artifacts/layer-shared.zip"))).toBe(false);
  });

  it("changes nothing about what a function does", async () => {
    await using shop = await createFixture(FILES);
    const artifact = one(await bundleAll(shop.path, [functionOf("a")]));
    expect(artifact.layers).toBeUndefined();
    expect(await invokeWithLayers(artifact)).toEqual(EXPECTED);
  });

  it("is found unchanged with its functions, and both are built anew when what it holds changes", async () => {
    await using shop = await createFixture(FILES);
    const functions = [using, functionOf("b")];
    const run = async () => {
      const { artifacts } = await bundleAll(shop.path, functions, { layers: [layerOf()] });
      return artifacts.flatMap((artifact) => [
        artifact.cached,
        ...layersIn(artifact).map(({ cached }) => cached),
      ]);
    };
    expect(await run()).toEqual([false, false, false]);
    expect(await run()).toEqual([true, true, true]);
    await shop.writeFile("node_modules/deep/index.js", `exports.version = "-DEEP1b"; exports.count = 1;`);
    expect(await run()).toEqual([false, false, true]);
    expect(await run()).toEqual([true, true, true]);
    rmSync(join(shop.path, ".sluice/artifacts"), { recursive: true });
    expect(await run()).toEqual([true, true, true]);
  });

  it("is built once for several functions, with the same digest anywhere", async () => {
    const digests = [];
    for (const format of ["esm", "cjs"] as const) {
      await using shop = await createFixture({ ...FILES, "src/c.ts": FILES["src/a.ts"] });
      const functions = [{ ...using, format }, functionOf("c", { layers: ["shared"] })];
      const { artifacts } = await bundleAll(shop.path, functions, { layers: [layerOf()] });
      digests.push(...artifacts.flatMap(layersIn).map((layer) => layer.manifest.digest));
    }
    expect(digests).toHaveLength(4);
    expect(new Set(digests).size).toBe(1);
  });

  it("takes patterns from what package.json depends on", async () => {
    await using shop = await createFixture(FILES);
    const artifact = one(await bundleAll(shop.path, [using], { layers: [layerOf({ packages: ["e*"] })] }));
    const paths = layersIn(artifact).flatMap((layer) => Object.keys(unpacked(layer)));
    expect(paths.filter((path) => path.endsWith("package.json"))).toEqual([
      "nodejs/node_modules/deep/package.json",
      "nodejs/node_modules/esm/package.json",
    ]);
    expect(await invokeWithLayers(artifact)).toMatchObject({
      byDefault: "ESM-default",
      one: "CJS-one-DEEP1",
    });
  });

  it("is checked with ready packages, too", async () => {
    await using shop = await createFixture({ ...FILES, "dist/index.mjs": "export const handler = () => 1;" });
    const fn = functionOf("ready", { source: "folder", entry: "dist", layers: ["shared"] });
    expect(layersIn(one(await bundleAll(shop.path, [fn], { layers: [layerOf()] })))).toHaveLength(1);
  });
});

describe("what is wrong with a layer", () => {
  it.each<[string, readonly ResolvedLayer[], string, RegExp]>([
    [
      "a package that is not installed",
      [layerOf({ packages: ["absent"] })],
      "SLUICE_LAYER_PACKAGE_NOT_INSTALLED",
      /package absent/,
    ],
    [
      "a pattern without a match",
      [layerOf({ packages: ["@x/*"] })],
      "SLUICE_LAYER_PACKAGE_NOT_INSTALLED",
      /@x\/\* matches no/,
    ],
    [
      "a folder that is not there",
      [layerOf({ folders: [{ from: "none", to: "" }] })],
      "SLUICE_LAYER_FOLDER_MISSING",
      /none is no folder/,
    ],
    [
      "a file",
      [layerOf({ folders: [{ from: "src/a.ts", to: "" }] })],
      "SLUICE_LAYER_FOLDER_MISSING",
      /no folder/,
    ],
    [
      "a place outside",
      [layerOf({ folders: [{ from: "shared", to: "../x" }] })],
      "SLUICE_LAYER_PLACE_INVALID",
      /\.\.\/x/,
    ],
    [
      "two that hold other files under one path",
      [
        layerOf({ folders: [{ from: "shared", to: "x" }] }),
        layerOf({ name: "more", folders: [{ from: "other", to: "x" }] }),
      ],
      "SLUICE_LAYERS_CLASH",
      /x\/fonts\/a\.ttf/,
    ],
  ])("%s is told", async (_what, layers, code, message) => {
    await using shop = await createFixture({ ...FILES, "other/fonts/a.ttf": "OTHER" });
    const fn = functionOf("b", { layers: layers.map(({ name }) => name) });
    const { outcomes } = await settleAll(shop.path, [fn], { layers });
    expect(outcomes[0]).toMatchObject({ reason: { code, message: expect.stringMatching(message) } });
  });

  it("leaves keys out of its folders, and says so", async () => {
    await using shop = await createFixture({ ...FILES, "shared/.env": "SECRET=1" });
    const layers = [layerOf({ packages: [], folders: [{ from: "shared", to: "" }] })];
    const { artifacts, notices } = await bundleAll(shop.path, [functionOf("b", { layers: ["shared"] })], {
      layers,
    });
    expect(artifacts.flatMap(layersIn).map((layer) => Object.keys(unpacked(layer)))).toEqual([
      ["fonts/a.ttf"],
    ]);
    expect(notices).toEqual([expect.stringMatching(/^layer shared: not packed.*shared\/\.env/)]);
  });
});

describe("the import check", () => {
  it.each(["esm", "cjs"] as const)("loads a handler with its layers: %s", async (format) => {
    await using shop = await createFixture(FILES);
    const fn = { ...using, format, importCheck: { enabled: true, env: {} } };
    const { notices } = await bundleAll(shop.path, [fn], { layers: [layerOf()] });
    expect(notices.filter((notice) => notice.includes("proves nothing"))).toEqual([]);
    const broken = {
      ...FILES,
      "node_modules/esm/main.js": `export const esm = 1; export default 1; throw new TypeError("broken in the layer");`,
    };
    await using other = await createFixture(broken);
    const outcome = await settleAll(other.path, [fn], { layers: [layerOf()] });
    const told = [...outcome.run.notices, JSON.stringify(outcome.outcomes[0])].join("\n");
    expect(told).toContain("broken in the layer");
  });
});

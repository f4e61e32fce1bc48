import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { pruneCache, readInventory, readZip } from "@sluice/artifact";
import type { Artifact, ResolvedConfig } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { FILES, layerOf, layersIn } from "../testing/layers.ts";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

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
      await using shop = await createFixture({ ...FILES, "src/c.ts": FILES["src/a.ts"] ?? "" });
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

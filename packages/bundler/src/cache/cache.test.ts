import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ResolvedFunction } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, problemsOf, type RunOptions } from "../testing/repository.ts";

const FILES = {
  "package.json": '{"name":"shop","type":"module"}',
  "package-lock.json": '{"lockfileVersion":3,"packages":{"node_modules/dep":{"version":"1.0.0"}}}',
  "tsconfig.json": '{"extends":"./tsconfig.base.json"}',
  "tsconfig.base.json": "{}",
  "src/a.ts": 'import { b } from "./lib/b"; import dep from "dep"; export const handler = () => [b, dep];',
  "src/lib/b/index.ts": 'export const b = "b";',
  "src/other.ts": "export const handler = () => 1;",
  "assets/x.txt": "x",
  "node_modules/dep/package.json": '{"name":"dep","main":"one.js"}',
  "node_modules/dep/one.js": "module.exports = 1;",
  "node_modules/dep/two.js": "module.exports = 2;",
};

let root: string;

beforeEach(async () => {
  const fixture = await createFixture(FILES);
  root = fixture.path;
  return () => fixture.rm();
});

const fn = functionOf("a", { assets: [{ from: "assets/**", to: null }] });

/** What each function's bundle was: taken from the cache, or built. */
async function run(
  functions: readonly ResolvedFunction[] = [fn],
  options: RunOptions = {},
): Promise<string[]> {
  const { artifacts } = await bundleAll(root, functions, options);
  return artifacts.map((artifact) => (artifact.cached ? "cached" : "built"));
}

function write(path: string, content: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe("the cache", () => {
  it("spares a build when nothing has changed, with the same artifact", async () => {
    const [first] = (await bundleAll(root, [fn])).artifacts;
    const [second] = (await bundleAll(root, [fn])).artifacts;
    expect(second).toEqual({ ...first, cached: true });
    expect(await run()).toEqual(["cached"]);
  });

  it("sees a file that came with the old one's size and time", async () => {
    const past = new Date(Date.now() - 60_000);
    for (const path of Object.keys(FILES)) utimesSync(join(root, path), past, past);
    await run();
    // Long at rest by the clock of the next run, so that size and times are trusted.
    const record = JSON.parse(readFileSync(join(root, ".sluice/cache/a.json"), "utf8"));
    write(".sluice/cache/a.json", JSON.stringify({ ...record, takenAt: Date.now() + 60_000 }));
    expect(await run()).toEqual(["cached"]);
    write("src/lib/b/index.ts", 'export const b = "c";');
    utimesSync(join(root, "src/lib/b/index.ts"), past, past);
    expect(await run()).toEqual(["built"]);
  });

  it("reads files that were touched and were not changed", async () => {
    await run();
    const now = new Date(Date.now() - 10);
    write("src/lib/b/index.ts", 'export const b = "b";');
    utimesSync(join(root, "src/lib/b/index.ts"), now, now);
    expect(await run()).toEqual(["cached"]);
    write("src/lib/b/index.ts", 'export const b = "d";');
    utimesSync(join(root, "src/lib/b/index.ts"), now, now);
    expect(await run()).toEqual(["built"]);
  });

  it.each([
    ["a source", () => appendFileSync(join(root, "src/lib/b/index.ts"), " ")],
    ["a dependency", () => write("node_modules/dep/one.js", "module.exports = 3;")],
    [
      "a dependency's package.json",
      () => write("node_modules/dep/package.json", '{"name":"dep","main":"two.js"}'),
    ],
    ["a tsconfig", () => write("tsconfig.json", '{"compilerOptions":{"target":"es2020"}}')],
    ["what a tsconfig extends", () => write("tsconfig.base.json", '{"compilerOptions":{}}')],
    [
      "the lockfile's part",
      () => write("package-lock.json", FILES["package-lock.json"].replace("1.0.0", "2.0.0")),
    ],
    ["a lockfile that is gone", () => rmSync(join(root, "package-lock.json"))],
    ["an asset", () => write("assets/x.txt", "y")],
    ["a new asset", () => write("assets/y.txt", "y")],
    ["a file that takes an input's place", () => write("src/lib/b.ts", 'export const b = "new";')],
    ["a tsconfig that appears", () => write("src/tsconfig.json", "{}")],
    ["a source that is gone", () => rmSync(join(root, "src/lib/b/index.ts")), "fails"],
  ])("builds anew after %s", async (_what, change, outcome = "builds") => {
    const others = [fn, functionOf("other")];
    expect(await run(others)).toEqual(["built", "built"]);
    change();
    if (outcome === "fails") {
      expect((await problemsOf(root, fn))[0]?.code).toBe("SLUICE_IMPORT_UNRESOLVED");
    } else {
      expect((await run([fn]))[0]).toBe("built");
      expect(await run([fn])).toEqual(["cached"]);
    }
  });

  it.each([
    ["a zip that is gone", () => rmSync(join(root, ".sluice/artifacts/a.zip"))],
    ["a manifest that is gone", () => rmSync(join(root, ".sluice/artifacts/a.manifest.json"))],
    ["a broken manifest", () => write(".sluice/artifacts/a.manifest.json", "{")],
    ["a broken record", () => write(".sluice/cache/a.json", '{"schema":1}')],
    [
      "a zip of the same size with other bytes",
      () => {
        const path = join(root, ".sluice/artifacts/a.zip");
        const bytes = readFileSync(path);
        bytes[40] = (bytes[40] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
  ])("puts the artifact in place again after %s", async (_what, change) => {
    const [first] = (await bundleAll(root, [fn])).artifacts;
    const files = ["a.zip", "a.manifest.json"].map((name) => join(root, ".sluice/artifacts", name));
    const before = files.map((path) => readFileSync(path, "base64"));
    change();
    const [second] = (await bundleAll(root, [fn])).artifacts;
    expect(second).toEqual({ ...first, cached: true });
    expect(files.map((path) => readFileSync(path, "base64"))).toEqual(before);
    expect(await run()).toEqual(["cached"]);
  });

  it.each<[string, Partial<ResolvedFunction>]>([
    ["minify", { minify: false }],
    ["sourcemap", { sourcemap: false }],
    ["format", { format: "cjs" }],
    ["target", { target: "node20" }],
    ["runtime", { runtime: "nodejs24.x" }],
    ["a declared architecture", { architectureDeclared: true }],
    ["handler", { handler: "main.handler" }],
    ["external", { external: ["dep"] }],
    ["an esbuild option", { esbuild: { define: { A: "1" } } }],
    ["a pattern of esbuild's options", { esbuild: { mangleProps: /_$/ } }],
  ])("builds anew when %s changes", async (_what, overrides) => {
    await run();
    expect(await run([{ ...fn, ...overrides }])).toEqual(["built"]);
    expect(await run([{ ...fn, ...overrides }])).toEqual(["cached"]);
  });

  it("builds the one of two that changed", async () => {
    const both = [fn, functionOf("other")];
    await run(both);
    write("src/other.ts", "export const handler = () => 22;");
    expect(await run(both)).toEqual(["cached", "built"]);
  });

  it("is not fooled by a new file that nothing imports", async () => {
    await run();
    write("src/new.ts", "");
    expect(await run()).toEqual(["cached"]);
  });

  it("rewrites the manifest alone for another commit", async () => {
    await run([fn], { commit: "a".repeat(40), packageVersion: "1.0.0" });
    const zip = join(root, ".sluice/artifacts/a.zip");
    const before = statSync(zip);
    const options = { commit: "b".repeat(40), packageVersion: "1.1.0" };
    const [artifact] = (await bundleAll(root, [fn], options)).artifacts;
    expect(artifact).toMatchObject({
      cached: true,
      manifest: { commit: "b".repeat(40), packageVersion: "1.1.0" },
    });
    const written = JSON.parse(readFileSync(join(root, ".sluice/artifacts/a.manifest.json"), "utf8"));
    expect(written).toEqual(artifact?.manifest);
    expect(statSync(zip).mtimeMs).toBe(before.mtimeMs);
  });

  it("keeps the last good artifact when a build fails", async () => {
    await run();
    const files = ["a.zip", "a.manifest.json"].map((name) => join(root, ".sluice/artifacts", name));
    const before = files.map((path) => readFileSync(path, "base64"));
    write("src/a.ts", "export const handler = ;");
    await problemsOf(root, fn);
    expect(files.map((path) => readFileSync(path, "base64"))).toEqual(before);
    write("src/a.ts", FILES["src/a.ts"]);
    expect(await run()).toEqual(["cached"]);
  });
});

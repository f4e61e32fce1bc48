import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, unpacked } from "../testing/repository.ts";

const FILES = {
  "package.json": "{}",
  "node_modules/dep/package.json": '{"name":"dep","version":"1.0.0"}',
  "node_modules/dep/index.js": "exports.fail = () => { require('os'); throw new Error('from dep'); };",
  "src/lib/b c.ts":
    'import { fail } from "dep";\n\nexport function run(): string {\n  try { fail(); } catch (error: any) { return error.stack; }\n  return "";\n}',
  "src/a.ts": 'import { run } from "./lib/b c";\nexport const handler = async () => run();',
};

describe("source maps", () => {
  it("lead to the sources, and hold the texts of the repository's own alone", async () => {
    await using fixture = await createFixture(FILES);
    const artifact = one(await bundleAll(fixture.path, [functionOf("a")]));
    const stack = String(await invoke(artifact, {}, ["--enable-source-maps"]));
    expect(stack).toMatch(/src\/lib\/b c\.ts:4:9/);
    expect(stack).toContain("node_modules/dep/index.js:1:");
    const map = JSON.parse(unpacked(artifact)["index.mjs.map"] ?? "");
    const texts = Object.fromEntries(
      map.sources.map((name: string, at: number) => [name, map.sourcesContent[at]]),
    );
    expect(texts["src/a.ts"]).toBe(FILES["src/a.ts"]);
    expect(texts["src/lib/b c.ts"]).toBe(FILES["src/lib/b c.ts"]);
    expect(texts["node_modules/dep/index.js"]).toBeNull();
  });

  it.each([
    [true, "string"],
    [false, "undefined"],
  ])("hold what esbuild's own option says (%s)", async (sourcesContent, type) => {
    await using fixture = await createFixture(FILES);
    const artifact = one(await bundleAll(fixture.path, [functionOf("a", { esbuild: { sourcesContent } })]));
    const map = JSON.parse(unpacked(artifact)["index.mjs.map"] ?? "");
    expect(typeof map.sourcesContent?.[map.sources.indexOf("node_modules/dep/index.js")]).toBe(type);
  });

  it("stand beside the artifact when they are asked to, come back from the cache, and go with the option", async () => {
    await using fixture = await createFixture(FILES);
    const beside = [functionOf("a", { sourcemap: "beside" })];
    const artifact = one(await bundleAll(fixture.path, beside));
    const path = join(fixture.path, ".sluice/artifacts/a.map");
    expect(Object.keys(unpacked(artifact))).toEqual(["index.mjs"]);
    expect(unpacked(artifact)["index.mjs"]).not.toContain("sourceMappingURL");
    const map = readFileSync(path);
    for (const spoil of [
      () => rmSync(path),
      () => writeFileSync(path, ""),
      () => writeFileSync(path, "x".repeat(map.length)),
    ]) {
      spoil();
      const again = one(await bundleAll(fixture.path, beside));
      expect([again.cached, again.manifest.digest]).toEqual([true, artifact.manifest.digest]);
      expect(readFileSync(path)).toEqual(map);
    }
    const folder = mkdtempSync(join(tmpdir(), "sluice-map-"));
    try {
      writeFileSync(join(folder, "index.mjs.map"), map);
      const code = unpacked(artifact)["index.mjs"];
      writeFileSync(join(folder, "index.mjs"), `${code}//# sourceMappingURL=index.mjs.map\n`);
      const script = `import { handler } from ${JSON.stringify(join(folder, "index.mjs"))}; console.log(await handler());`;
      const args = ["--enable-source-maps", "--input-type=module", "-e", script];
      expect(execFileSync(process.execPath, args).toString()).toMatch(/src\/a\.ts:2:36/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await bundleAll(fixture.path, [functionOf("a", { sourcemap: false })]);
    expect(existsSync(path)).toBe(false);
  });
});

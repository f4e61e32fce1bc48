import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pruneCache, readRecord } from "@sluice/artifact";
import type { ResolvedConfig } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one } from "../testing/repository.ts";

const configOf = (root: string, names: readonly string[]): ResolvedConfig => ({
  file: null,
  root,
  functions: names.map((name) => functionOf(name)),
  layers: [],
  environments: [],
  branches: [],
  plugins: [],
  concurrency: null,
});

const sources = (value: string) => ({
  "src/a.ts": `export const handler = () => "a ${value}";`,
  "src/b.ts": `export const handler = () => "b ${value}";`,
});

describe("pruning", () => {
  it("leaves the newest build of each configured function, and says how much it freed", async () => {
    await using fixture = await createFixture(sources("one"));
    const root = fixture.path;
    const both = [functionOf("a"), functionOf("b")];
    await bundleAll(root, both);
    for (const [path, text] of Object.entries(sources("two"))) await fixture.writeFile(path, text);
    await bundleAll(root, both);
    mkdirSync(join(root, ".sluice/cache/config"));
    writeFileSync(join(root, ".sluice/cache/config/unused.mjs"), "12345");
    mkdirSync(join(root, ".sluice/cache/packages/sha512/ab"), { recursive: true });
    writeFileSync(join(root, ".sluice/cache/packages/sha512/ab/cd.tgz"), "fetched");
    const before = readdirSync(join(root, ".sluice/cache/objects")).length;
    const freed = pruneCache(configOf(root, ["a"]));
    expect(freed).toBeGreaterThan(1000);
    const { objects } = readRecord(join(root, ".sluice/cache/a.json")) ?? {};
    expect(before).toBeGreaterThanOrEqual(8);
    expect(readdirSync(join(root, ".sluice/cache/objects")).sort()).toEqual([...(objects ?? [])].sort());
    expect(readdirSync(join(root, ".sluice/cache/records"))).toHaveLength(1);
    expect(readdirSync(join(root, ".sluice/artifacts")).sort()).toEqual(["a.manifest.json", "a.zip"]);
    expect(existsSync(join(root, ".sluice/cache/b.json"))).toBe(false);
    expect(existsSync(join(root, ".sluice/cache/config/unused.mjs"))).toBe(false);
    expect(existsSync(join(root, ".sluice/cache/packages/sha512/ab/cd.tgz"))).toBe(false);
    await fixture.rm(".sluice/artifacts");
    expect(one(await bundleAll(root, [functionOf("a")])).cached).toBe(true);
    expect(pruneCache(configOf(root, ["a"]))).toBe(0);
  });

  it("finds nothing where nothing was built", async () => {
    await using fixture = await createFixture({ "src/a.ts": "" });
    expect(pruneCache(configOf(fixture.path, ["a"]))).toBe(0);
  });
});

describe("what killed runs left under temporary names", () => {
  it("is removed by a build once it is old", async () => {
    await using fixture = await createFixture({
      ...sources("one"),
      ".sluice/artifacts/.a.zip.123-0123456789ab.tmp": "old",
      ".sluice/artifacts/.b.zip.123-0123456789ab.tmp": "young",
      ".sluice/cache/objects/.f00.123-0123456789ab.tmp": "old",
    });
    const past = new Date(Date.now() - 2 * 3_600_000);
    const old = [
      ".sluice/artifacts/.a.zip.123-0123456789ab.tmp",
      ".sluice/cache/objects/.f00.123-0123456789ab.tmp",
    ].map((path) => join(fixture.path, path));
    for (const path of old) utimesSync(path, past, past);
    await bundleAll(fixture.path, [functionOf("a")]);
    expect(old.filter((path) => existsSync(path))).toEqual([]);
    expect(await fixture.exists(".sluice/artifacts/.b.zip.123-0123456789ab.tmp")).toBe(true);
  });
});

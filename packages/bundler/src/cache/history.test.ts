import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFixture, type FsFixture } from "fs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, type RunOptions } from "../testing/repository.ts";

let fixture: FsFixture;
let root: string;

beforeEach(async () => {
  fixture = await createFixture({ ".git/HEAD": "", "src/a.ts": "", "src/twin.ts": "" });
  root = fixture.path;
  return () => fixture.rm();
});

const source = (value: string): string => `export const handler = () => "${value}";`;

async function bundle(value: string, name = "a", options: RunOptions = {}) {
  writeFileSync(join(root, `src/${name}.ts`), source(value));
  return one(await bundleAll(root, [functionOf(name)], options));
}

const objects = (): string[] => readdirSync(join(root, ".sluice/cache/objects"));
const recordsOf = (name: string): string[] =>
  readdirSync(join(root, ".sluice/cache/records")).filter((file) => file.startsWith(`${name}.`));

describe("builds of before", () => {
  it("are put in place again when the sources are those of before", async () => {
    const one = await bundle("one");
    const bytes = readFileSync(one.path);
    const two = await bundle("two");
    expect(two).toMatchObject({ cached: false });
    const back = await bundle("one", "a", { commit: "c".repeat(40), packageVersion: "2.0.0" });
    expect(back).toEqual({
      ...one,
      cached: true,
      manifest: { ...one.manifest, commit: "c".repeat(40), packageVersion: "2.0.0" },
    });
    expect(readFileSync(back.path)).toEqual(bytes);
    expect((await bundle("two")).manifest.digest).toBe(two.manifest.digest);
    expect((await bundle("two")).cached).toBe(true);
  });

  it("do for another function with the same options and sources", async () => {
    writeFileSync(join(root, "src/twin.ts"), source("twin"));
    const build = async (name: string) =>
      one(await bundleAll(root, [functionOf(name, { entry: "src/twin.ts" })]));
    const first = await build("a");
    const twin = await build("b");
    expect(twin).toMatchObject({ function: "b", cached: true, manifest: { function: "b" } });
    expect(twin.manifest).toEqual({ ...first.manifest, function: "b" });
  });

  it("are given up after eight", async () => {
    for (let count = 0; count < 12; count += 1) await bundle(`v${count}`);
    expect(recordsOf("a").length).toBeLessThanOrEqual(9);
    expect(objects().length).toBeLessThanOrEqual(18 + 2);
    expect((await bundle("v11")).cached).toBe(true);
    expect((await bundle("v6")).cached).toBe(true);
    expect((await bundle("v0")).cached).toBe(false);
  });

  it("are no use when an object is gone or is not what it was", async () => {
    for (const spoil of [rmSync, (path: string) => appendFileSync(path, "x")]) {
      const first = await bundle("one");
      await bundle("two");
      const id = first.manifest.digest.slice("sha256:".length);
      spoil(join(root, ".sluice/cache/objects", id));
      const back = await bundle("one");
      expect(back).toMatchObject({ cached: false, manifest: { digest: first.manifest.digest } });
      expect(existsSync(join(root, ".sluice/cache/objects", id))).toBe(true);
      rmSync(join(root, ".sluice"), { recursive: true });
    }
  });

  it("do not suffer from an artifact that is edited in place", async () => {
    const first = await bundle("one");
    const bytes = readFileSync(first.path);
    const edited = Buffer.from(bytes);
    edited[40] = (edited[40] ?? 0) ^ 1;
    writeFileSync(first.path, edited);
    expect((await bundle("one")).cached).toBe(true);
    expect(readFileSync(first.path)).toEqual(bytes);
  });
});

import { createFixture, type FsFixture } from "fs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

let fixture: FsFixture;

beforeEach(async () => {
  fixture = await createFixture({ "main.go": "1", "assets/a.txt": "a" });
  return () => fixture.rm();
});

const fn = functionOf("f", {
  source: "folder",
  entry: "out/main",
  command: "mkdir -p out made; cp main.go out/main; cp main.go made/b.txt",
  inputs: ["*.go"],
  runtime: "provided.al2023",
  runtimeDeclared: true,
  assets: [
    { from: "assets/**", to: null },
    { from: "made/*.txt", to: null },
  ],
});

async function run(overrides = {}): Promise<{ cached: boolean; files: Record<string, string> }> {
  const artifact = one(await bundleAll(fixture.path, [{ ...fn, ...overrides }]));
  return { cached: artifact.cached, files: unpacked(artifact) };
}

describe("a command with inputs and assets", () => {
  it("is spared when nothing has changed, assets that it makes among it", async () => {
    const first = await run();
    expect(first).toMatchObject({ cached: false, files: { "assets/a.txt": "a", "made/b.txt": "1" } });
    expect(await run()).toEqual({ ...first, cached: true });
  });

  it.each([
    ["changed", () => fixture.writeFile("assets/a.txt", "b"), { "assets/a.txt": "b" }],
    ["added", () => fixture.writeFile("assets/c.txt", "c"), { "assets/c.txt": "c" }],
    ["made before and gone", () => fixture.rm("made"), { "made/b.txt": "1" }],
  ])("runs anew when an asset was %s", async (_what, change, files) => {
    await run();
    await change();
    expect(await run()).toMatchObject({ cached: false, files });
    expect((await run()).cached).toBe(true);
  });

  it("runs anew when an asset was removed, or the key", async () => {
    await fixture.writeFile("assets/c.txt", "c");
    await run();
    await fixture.rm("assets/c.txt");
    const { cached, files } = await run();
    expect([cached, Object.keys(files)]).toEqual([false, ["assets/a.txt", "bootstrap", "made/b.txt"]]);
    expect(Object.keys((await run({ assets: [] })).files)).toEqual(["bootstrap"]);
  });
});

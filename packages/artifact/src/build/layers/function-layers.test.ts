import { readFileSync, writeFileSync } from "node:fs";
import type { BundleInput, ResolvedConfig, ResolvedFunction, ResolvedLayer, RunContext } from "@sluice/core";
import { resolveConfig } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { readZip } from "../../read-zip.ts";
import { type BuildSession, createBuildSession } from "../session.ts";
import { builtLayers } from "./function-layers.ts";
import type { LayerKind } from "./layer-kind.ts";

function configOf(root: string): ResolvedConfig {
  const layers = ["shared"];
  const given = {
    functions: { a: { entry: "src/a.ts", layers }, b: { entry: "src/b.py", layers } },
    layers: { shared: { folders: [{ from: "common", to: "python/common" }, "fonts"] } },
  };
  const { config, problems } = resolveConfig(given, { file: null, root });
  expect(problems).toEqual([]);
  return config;
}

/** A bundler's session of a run. */
function sessionOf(
  config: ResolvedConfig,
  context: RunContext = testContext({ cwd: config.root }),
): BuildSession {
  const run = { config, all: config.functions, ref: null, packageVersion: null };
  return createBuildSession({ ...run, function: config.functions[0] } as BundleInput, context);
}

const FILES = { "common/__init__.py": "", "fonts/a.ttf": "FONT", "src/a.ts": "", "src/b.py": "" };
const [FIRST, SECOND] = [0, 1];
const fnOf = (config: ResolvedConfig, at: number): ResolvedFunction => {
  const fn = config.functions[at];
  if (fn === undefined) throw new Error("There is no such function.");
  return fn;
};

describe("layers of functions", () => {
  it("of folders alone are built once for the functions of all bundlers, and fit the runtimes of all", async () => {
    await using fixture = await createFixture(FILES);
    const config = configOf(fixture.path);
    const context = testContext({ cwd: config.root });
    const sessions = [sessionOf(config, context), sessionOf(config, context)] as const;
    const [[one], [other]] = await Promise.all([
      builtLayers(sessions[0], fnOf(config, FIRST), []),
      builtLayers(sessions[1], fnOf(config, SECOND), []),
    ]);
    expect(one).toBe(other);
    expect(one?.artifact.manifest).toMatchObject({
      function: "layer-shared",
      compatibleRuntimes: ["nodejs22.x", "python3.13"],
    });
    const again = await builtLayers(sessionOf(config), fnOf(config, FIRST), []);
    expect(again).toMatchObject([{ artifact: { cached: true }, kind: "folders", held: null }]);
  });

  it("are the same whether Python has run in their folders or not", async () => {
    await using fixture = await createFixture({
      ...FILES,
      "common/__pycache__/a.cpython-313.pyc": "compiled",
      "common/deep/x.py": "",
      "common/deep/__pycache__/x.cpython-313.pyc": "compiled",
    });
    const config = configOf(fixture.path);
    const [built] = await builtLayers(sessionOf(config), fnOf(config, FIRST), []);
    const path = built?.artifact.path ?? "";
    expect(readZip(readFileSync(path)).entries.map((file) => file.path)).toEqual([
      "a.ttf",
      "python/common/__init__.py",
      "python/common/deep/x.py",
    ]);
  });

  it("keep what their kind says of them, beside the build that it is of", async () => {
    await using fixture = await createFixture(FILES);
    const config = configOf(fixture.path);
    let collected = 0;
    const kind: LayerKind = {
      name: "test",
      holds: ({ name }: ResolvedLayer) => name === "shared",
      runtimes: () => ["java21"],
      tools: () => ({ test: "1" }),
      collect: (_work, layer, folders) => {
        collected += 1;
        const inventory = { schema: 1 as const, metafile: null, packages: [], provided: [] };
        const read = { inputs: ["src/a.ts"], resolution: null };
        return { files: folders, held: { layer: layer.name }, inventory, read, tools: { more: "2" } };
      },
    };
    const build = () => builtLayers(sessionOf(config), fnOf(config, FIRST), [kind]);
    const expected = { kind: "test", held: { layer: "shared" } };
    expect(await build()).toMatchObject([
      { ...expected, artifact: { cached: false, manifest: { tools: { test: "1", more: "2" } } } },
    ]);
    expect(await build()).toMatchObject([{ ...expected, artifact: { cached: true } }]);
    expect(collected).toBe(1);
    writeFileSync(fixture.getPath(".sluice/cache/layer-shared.packages.json"), "not JSON");
    expect(await build()).toMatchObject([expected]);
    writeFileSync(fixture.getPath("src/a.ts"), "changed");
    expect(await build()).toMatchObject([{ ...expected, artifact: { cached: false } }]);
    expect(collected).toBe(3);
  });
});

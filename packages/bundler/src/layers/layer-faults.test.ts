import { type ResolvedLayer, resolvePython } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { FILES, layerOf, layersIn } from "../testing/layers.ts";
import { bundleAll, functionOf, settleAll, unpacked } from "../testing/repository.ts";

const using = functionOf("a", { layers: ["shared"] });

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
    [
      "Python packages, which need another bundler",
      [layerOf({ packages: [], python: resolvePython({ requirements: "requirements.txt" }) })],
      "SLUICE_LAYER_BUNDLER_MISSING",
      /layer shared holds Python packages/,
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

import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { layerOf } from "./testing/layers.ts";
import { bundleAll, functionOf, invoke, one } from "./testing/repository.ts";

const FILES = {
  "package.json": '{"name":"shop","dependencies":{"pdfkit":"1","zod":"1"}}',
  "src/a.ts": `
    import { readFileSync } from "node:fs";
    import pdf from "pdfkit";
    import zod from "zod";
    const text = readFileSync(new URL("./x y.txt", import.meta.url), "utf8");
    export const handler = () => [pdf(), zod(), text];`,
  "src/x y.txt": "text",
  // One that is copied, and one that is bundled or held by a layer.
  "node_modules/pdfkit/package.json": '{"name":"pdfkit","version":"1.0.0"}',
  "node_modules/pdfkit/index.js": 'module.exports = () => "pdf";',
  "node_modules/zod/package.json": '{"name":"zod","version":"1.0.0"}',
  "node_modules/zod/index.js": 'module.exports = () => "zod";',
};

/** Folders that mean something else in URLs, globs, shells or to Yarn, whose packages stand in zips. */
const PLACES = ["plain", "a b", "c#d", "e?f", "50%41", "Größe-日本", "shop.zip", "[id]", "{x,y}", `it's "q"`];

describe("a repository", () => {
  it("is bundled to the same bytes wherever it stands", async () => {
    await using fixture = await createFixture({ template: FILES });
    const importCheck = { enabled: true, env: {} };
    const assets = [{ from: "src/*.txt", to: "texts" }];
    const functions = [
      functionOf("a", { importCheck, assets }),
      functionOf("b", { entry: "src/a.ts", importCheck, layers: ["shared"], licenses: true }),
    ];
    const layers = [layerOf({ packages: ["zod"] })];
    const digests = new Map<string, string>();
    for (const place of PLACES) {
      const root = join(fixture.path, "places", place);
      mkdirSync(root, { recursive: true });
      cpSync(join(fixture.path, "template"), root, { recursive: true });
      const run = await bundleAll(root, functions, { layers });
      digests.set(place, run.artifacts.map(({ manifest }) => manifest.digest).join(" "));
      expect(await invoke(one(run), {})).toEqual(["pdf", "zod", "text"]);
      const again = await bundleAll(root, functions, { layers });
      expect(again.artifacts.map(({ cached }) => cached)).toEqual([true, true]);
    }
    expect([...digests].filter(([, digest]) => digest !== digests.get("plain"))).toEqual([]);
  }, 120_000);
});

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one } from "../testing/repository.ts";

const FILES = {
  "app/.git/HEAD": "",
  "app/src/a.ts": 'import z from "z"; import { y } from "own"; export const handler = () => [y, z];',
  "app/lib/own.ts": "export const y = 1;",
  "store/node_modules/z/package.json": '{"name":"z","version":"1.0.0","main":"z.js"}',
  "store/node_modules/z/z.js": "module.exports = 1;",
};

/** Builds in `place` of a machine whose package manager keeps its packages in `store`, outside of the repository. */
async function sourcesOn(place: string, store: string): Promise<string> {
  const at = (path: string): string => path.replace(/^app/, place).replace(/^store/, store);
  const files = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [at(path), text]));
  await using fixture = await createFixture({ ...files, [at("app/node_modules/.keep")]: "" });
  const root = join(fixture.path, place);
  symlinkSync(join(fixture.path, store, "node_modules/z"), join(root, "node_modules/z"));
  const esbuild = { alias: { own: join(root, "lib/own.ts") } };
  return one(await bundleAll(root, [functionOf("a", { esbuild })])).manifest.sources;
}

describe("the digest of sources", () => {
  it("does not tell where the repository and a store of packages stand", async () => {
    expect(await sourcesOn("deep/er/app", "zz/store")).toBe(await sourcesOn("app", "a-store"));
  });
});

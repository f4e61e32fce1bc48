import { copyFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, one, unpacked } from "../testing/repository.ts";

/** An addon that is on this machine for another reason; `null` where none is for Linux on x86_64. */
const ADDON = ((): string | null => {
  try {
    const oxc = createRequire(createRequire(import.meta.url).resolve("oxc-transform"));
    const path = oxc.resolve("@oxc-transform/binding-linux-x64-gnu");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
})();

describe.skipIf(ADDON === null)("addons", () => {
  it.each([
    ["esm", "an import", 'import addon from "./x.node";'],
    ["esm", "a namespace", 'import * as addon from "./x.node";'],
    ["esm", "import()", 'const addon = await import("./x.node");'],
    ["cjs", "an import", 'import addon from "./x.node";'],
  ] as const)("are loaded by %s from %s", async (format, _, statement) => {
    await using fixture = await createFixture({
      "src/api.ts": `${statement}\nexport const handler = () => typeof addon.transformSync;`,
    });
    copyFileSync(ADDON ?? "", join(fixture.path, "src/x.node"));
    const run = await bundleAll(fixture.path, [functionOf("api", { format, minify: false })]);
    const artifact = one(run);
    expect(await invoke(artifact, {})).toBe("function");
    const { "index.mjs": esm, "index.js": cjs } = unpacked(artifact);
    expect(esm ?? cjs).not.toContain(fixture.path);
  });
});

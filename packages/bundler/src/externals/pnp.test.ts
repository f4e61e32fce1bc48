import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { findPnp } from "./pnp.ts";

/** `.pnp.cjs` as Yarn writes it: JSON in a quoted text, each line ended by a backslash. */
function pnpFile(data: object): string {
  const quoted = JSON.stringify(data, null, 1).replace(/['\\]/g, "\\$&").replaceAll("\n", "\\\n");
  return `/* eslint-disable */\nconst RAW_RUNTIME_STATE =\n'${quoted}';\nmodule.exports = {};\n`;
}

function project(more: number): object {
  const packages = Array.from({ length: more }, (_, index) => [
    `filler-${index}`,
    [["npm:1.0.0", { packageLocation: `./.yarn/it's-${index}/`, packageDependencies: [] }]],
  ]);
  const top = {
    packageLocation: "./",
    packageDependencies: [
      ["a", "npm:1.0.0"],
      ["other", ["a", "npm:1.0.0"]],
    ],
  };
  const a = { packageLocation: "./.yarn/a/node_modules/a/", packageDependencies: [["a", "npm:1.0.0"]] };
  return { packageRegistryData: [[null, [[null, top]]], ["a", [["npm:1.0.0", a]]], ...packages] };
}

describe("findPnp", () => {
  // Some 13 MB, as in repositories of hundreds of packages.
  it.each([0, 90_000])(
    "reads what stands inside of .pnp.cjs, beside %i other packages",
    async (more) => {
      await using fixture = await createFixture({ ".pnp.cjs": pnpFile(project(more)), "packages/x/y": "" });
      const root = fixture.path.replace(/[/\\]$/, "");
      const found = findPnp(`${root}/packages/x`);
      expect(found?.file).toBe(`${root}/.pnp.cjs`);
      expect(found?.locate(root, "a")).toBe(`${root}/.yarn/a/node_modules/a`);
      expect(found?.locate(`${root}/packages/x`, "other")).toBe(`${root}/.yarn/a/node_modules/a`);
      expect(found?.locate(root, "gone")).toBeNull();
      expect(found?.locate("/elsewhere", "a")).toBeUndefined();
    },
    60_000,
  );
});

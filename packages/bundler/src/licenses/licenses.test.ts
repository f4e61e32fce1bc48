import { join } from "node:path";
import { readInventory } from "@sluice/artifact";
import type { Metafile } from "esbuild";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

const pkg = (name: string, rest: object = {}): string => JSON.stringify({ name, version: "1.2.3", ...rest });

const FILES = {
  "node_modules/one/package.json": pkg("one", { license: "MIT" }),
  "node_modules/one/LICENSE.md": "\uFEFFThe MIT text  \r\nof both",
  "node_modules/one/index.js": "exports.one = 1; exports.two = require('./node_modules/two').two;",
  "node_modules/one/node_modules/two/package.json": pkg("two", { license: "MIT" }),
  "node_modules/one/node_modules/two/licence": "The MIT text\nof both\n",
  "node_modules/one/node_modules/two/NOTICE": "Notice of two",
  "node_modules/one/node_modules/two/license.js": "",
  "node_modules/one/node_modules/two/index.js": "exports.two = 2;",
  "node_modules/@s/none/package.json": pkg("@s/none", { licenses: [{ type: "MIT" }, { type: "ISC" }] }),
  "node_modules/@s/none/index.js": "exports.none = 0;",
  "node_modules/dropped/package.json": pkg("dropped", { sideEffects: false }),
  "node_modules/dropped/LICENSE": "of what is not in the bundle",
  "node_modules/dropped/index.js": "export const dropped = 1;",
  "packages/own/package.json": pkg("@own/lib", { license: "UNLICENSED" }),
  "packages/own/LICENSE": "our own",
  "packages/own/index.ts": "export const own = 1;",
  "src/a.ts":
    'import { one, two } from "one"; import { none } from "@s/none"; import { dropped } from "dropped"; import { own } from "../packages/own"; import { S3 } from "@aws-sdk/client-s3"; export const handler = () => [one, two, none, own, S3];',
};

describe("licences and inventory", () => {
  it("collect each text once, under the names of all that have it", async () => {
    await using fixture = await createFixture(FILES);
    const fn = functionOf("a", { licenses: true });
    const text = unpacked(one(await bundleAll(fixture.path, [fn])))["THIRD-PARTY-LICENSES.txt"] ?? "";
    const rule = `\n${"-".repeat(80)}\n\n`;
    expect(text.split(rule)).toEqual([
      "Licences of the packages in this deployment package\n",
      "one 1.2.3 (MIT)\ntwo 1.2.3 (MIT)\n\nThe MIT text\nof both\n",
      "two 1.2.3 (MIT)\n\nNotice of two\n",
      "Without a licence text of their own:\n\n@s/none 1.2.3 ((MIT OR ISC))\n",
    ]);
    await fixture.writeFile("node_modules/one/LICENSE.md", "Another text");
    const again = one(await bundleAll(fixture.path, [fn]));
    expect(unpacked(again)["THIRD-PARTY-LICENSES.txt"]).toContain("Another text");
    const without = one(await bundleAll(fixture.path, [functionOf("a")]));
    expect(Object.keys(unpacked(without))).not.toContain("THIRD-PARTY-LICENSES.txt");
  });

  it("say what a package is made of", async () => {
    await using fixture = await createFixture(FILES);
    await bundleAll(fixture.path, [functionOf("a")]);
    const inventory = readInventory<Metafile>(join(fixture.path, ".sluice/cache"), "a");
    expect(inventory?.packages).toEqual([
      { name: "@own/lib", version: "1.2.3", license: "UNLICENSED", folder: "packages/own", how: "bundled" },
      {
        name: "@s/none",
        version: "1.2.3",
        license: "(MIT OR ISC)",
        folder: "node_modules/@s/none",
        how: "bundled",
      },
      { name: "one", version: "1.2.3", license: "MIT", folder: "node_modules/one", how: "bundled" },
      {
        ...{ name: "two", version: "1.2.3", license: "MIT", how: "bundled" },
        folder: "node_modules/one/node_modules/two",
      },
    ]);
    expect(inventory?.provided).toEqual(["@aws-sdk/client-s3"]);
    expect(Object.keys(inventory?.metafile?.inputs ?? {})).toContain("src/a.ts");
    expect(readInventory(join(fixture.path, ".sluice/cache"), "b")).toBeNull();
  });
});

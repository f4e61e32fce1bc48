import { join } from "node:path";
import { readInventory } from "@sluice/artifact";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf } from "../testing/repository.ts";

describe("the inventory of a ready package", () => {
  it("has the packages that stand in its node_modules", async () => {
    await using fixture = await createFixture({
      "dist/index.js": "exports.handler = () => 1;",
      "dist/node_modules/a/package.json": '{"name":"a","version":"1.0.0","license":"MIT"}',
      "dist/node_modules/a/node_modules/@s/b/package.json": '{"version":"2.0.0"}',
      "dist/node_modules/a/lib/package.json": '{"type":"module"}',
      "dist/node_modules/broken/package.json": "no json",
    });
    await bundleAll(fixture.path, [functionOf("a", { source: "folder", entry: "dist" })]);
    expect(readInventory(join(fixture.path, ".sluice/cache"), "a")).toEqual({
      schema: 1,
      metafile: null,
      packages: [
        {
          ...{ name: "@s/b", version: "2.0.0", license: null, how: "copied" },
          folder: "node_modules/a/node_modules/@s/b",
        },
        { name: "a", version: "1.0.0", license: "MIT", folder: "node_modules/a", how: "copied" },
      ],
      provided: [],
    });
  });
});

import { expect, it } from "vitest";
import { createInventory, type InventoryPackage, packedPackages } from "./inventory.ts";

const found = (name: string, version: string | null, overrides: Partial<InventoryPackage> = {}) => ({
  name,
  version,
  license: null,
  folder: `node_modules/${name}`,
  how: "bundled" as const,
  ...overrides,
});

it("names the packages that are in a package itself, each version once", () => {
  const inventory = createInventory(
    null,
    [
      found("zod", "4.1.0"),
      found("zod", "4.1.0", { how: "copied", folder: "node_modules/a/node_modules/zod" }),
      found("zod", "3.9.0", { folder: "node_modules/b/node_modules/zod" }),
      found("sharp", "0.34.0", { how: "layer" }),
      found("own", null),
    ],
    ["@aws-sdk/client-s3"],
  );
  expect(packedPackages(inventory)).toEqual([
    { name: "zod", version: "3.9.0" },
    { name: "zod", version: "4.1.0" },
  ]);
});

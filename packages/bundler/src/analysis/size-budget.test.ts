import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@sluice/core";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one } from "../testing/repository.ts";
import { sizeRefusals } from "./size-budget.ts";

const SHOP = {
  "src/orders.ts": 'import { one } from "left"; export const handler = async () => one;',
  "node_modules/left/package.json": '{"name":"left","version":"1.2.3"}',
  "node_modules/left/index.js": `export const one = ${JSON.stringify("x".repeat(2000))}; // ${Array.from({ length: 900 }, (_, index) => (index * 7919) % 1009)}`,
};

async function problemsOf(
  maxSizeBytes: number | null,
  spoil: (root: string) => void = () => undefined,
  sourcemap = false,
): Promise<{ sizeBytes: number; problems: readonly Problem[] }> {
  await using shop = await createFixture(SHOP);
  const orders = functionOf("orders", { maxSizeBytes, sourcemap });
  const run = await bundleAll(shop.path, [orders]);
  const { sizeBytes } = one(run).manifest;
  spoil(shop.path);
  const refusals = await sizeRefusals({ root: shop.path, functions: [orders] }, run.artifacts);
  return { sizeBytes, problems: refusals.flatMap(({ problems }) => problems) };
}

describe("sizeRefusals", () => {
  it("passes what fits exactly, and what has no budget", async () => {
    expect((await problemsOf(null)).problems).toEqual([]);
    const { sizeBytes, problems } = await problemsOf(100_000);
    expect(problems).toEqual([]);
    expect((await problemsOf(sizeBytes)).problems).toEqual([]);
    expect((await problemsOf(sizeBytes - 1)).problems).toHaveLength(1);
  });

  it("says how much it is over, the biggest parts, and where to look", async () => {
    const { sizeBytes, problems } = await problemsOf(100);
    expect(problems).toEqual([
      {
        code: "SLUICE_SIZE_BUDGET",
        kind: "refusal",
        message: expect.stringMatching(
          new RegExp(
            `^The zip of orders is ${sizeBytes - 100} B over its budget: ${sizeBytes} B of 100 B\\. Its biggest parts, zipped: (?:[^,]+, ){2}[^,]+\\.$`,
          ),
        ),
        where: "functions.orders.maxSize",
        hint: expect.stringContaining("sluice build --analyze orders"),
      },
    ]);
    expect(problems[0]?.message).toContain("left@1.2.3 (");
  });

  it("knows where the map could be, when that is the biggest part", async () => {
    const { problems } = await problemsOf(100, () => undefined, true);
    expect(problems[0]?.hint).toContain('sourcemap: "beside"');
    expect((await problemsOf(100)).problems[0]?.hint).not.toContain("beside");
  });

  it("refuses without the cache, and without the zip, too", async () => {
    const withoutCache = await problemsOf(100, (root) =>
      rmSync(join(root, ".sluice/cache"), { recursive: true }),
    );
    expect(withoutCache.problems[0]?.message).toContain("index.mjs (");
    const withoutZip = await problemsOf(100, (root) => rmSync(join(root, ".sluice/artifacts/orders.zip")));
    expect(withoutZip.problems[0]?.message).toMatch(/ of 100 B\.$/);
  });
});

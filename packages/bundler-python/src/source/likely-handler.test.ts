import { testContext } from "@sluice/test-kit";
import { createFixture } from "fs-fixture";
import { expect, it } from "vitest";
import { likelyHandler } from "./likely-handler.ts";

const HANDLER = "def run(event, context): ...\n";

it.each([
  ["functions/thumb/app.py", {}, "app.run"],
  ["functions/index.py", {}, "index.run"],
  ["src/shop/app.py", { "src/shop/__init__.py": "" }, "shop.app.run"],
  ["src/shop/__init__.py", {}, "shop.run"],
  ["src/app.py", {}, "app.run"],
  ["app.py", { "__init__.py": "" }, "app.run"],
  ["functions/my-app.py", {}, "my-app.run"],
  ["functions/my.app.py", {}, null],
])("the handler of %s is that of its place among packages: %#", async (path, others, handler) => {
  await using fixture = await createFixture({ [path]: HANDLER, ...others });
  expect(likelyHandler(path, "run", testContext({ cwd: fixture.path, env: {} }))).toBe(handler);
});

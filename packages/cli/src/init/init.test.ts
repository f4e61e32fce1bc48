import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findHandlers } from "./find-handlers.ts";
import { nameFunctions } from "./function-names.ts";
import { handlerExports } from "./handler-exports.ts";

describe("handlers in a module's text", () => {
  it.each([
    ["export const handler = async () => 1;", ["handler"]],
    ["export async function lambdaHandler(event) {}", ["lambdaHandler"]],
    ["export const handler: Handler = middy(inner);", ["handler"]],
    ['import type { SQSHandler } from "aws-lambda";\nexport const work: SQSHandler = f;', ["work"]],
    ['import type * as l from "aws-lambda";\nexport const a: l.Handler = f, x = 1;', ["a"]],
    ["const inner = 1;\nexport { other, inner as handler };", ["handler"]],
    ['export { handler } from "./api.js";', ["handler"]],
    ["exports.lambdaHandler = async () => 1;", ["lambdaHandler"]],
    ["module.exports = {\n  help,\n  handler: async () => 1,\n};", ["handler"]],
    ["export default async function handler() {}", ["default"]],
    ["const handler = f;\nexport default handler;\n", ["default"]],
    ["export const handler = f;\nexport default handler;", ["handler"]],
  ])("%s", (text, names) => {
    expect(handlerExports(text)).toEqual(names);
  });

  it.each([
    "export { handler as middleware };",
    "// export const handler = 1;\n * exports.handler = 2",
    "export const errorHandler: ErrorRequestHandler = f;",
    "export const handlers = [];",
    "export default function App() {}",
    "const handler = 1;",
  ])("none: %s", (text) => {
    expect(handlerExports(text)).toEqual([]);
  });
});

describe("names of functions", () => {
  const namesOf = (...paths: string[]): Record<string, string> => {
    const handlers = paths.map((each) => {
      const [path = "", exportName = "handler"] = each.split("#");
      return { path, exportName };
    });
    const named = nameFunctions(handlers, "shop");
    return Object.fromEntries([...named].map(([name, each]) => [`${each.path}#${each.exportName}`, name]));
  };

  it.each([
    ["src/orders.ts", "orders"],
    ["functions/list/index.js", "list"],
    ["packages/billing/src/handler.ts", "billing"],
    ["services/orders/src/functions/create/index.ts", "create"],
    ["src/lambda.ts", "shop"],
    ["index.js", "shop"],
    ["src/[id].ts", "id"],
  ])("%s is %s", (path, name) => {
    expect(namesOf(path)).toEqual({ [`${path}#handler`]: name });
  });

  it("say more of the path where they would be the same", () => {
    expect(
      namesOf("packages/a/src/create.ts", "packages/b/src/create.ts", "packages/b/src/index.ts"),
    ).toEqual({
      "packages/a/src/create.ts#handler": "a-create",
      "packages/b/src/create.ts#handler": "b-create",
      "packages/b/src/index.ts#handler": "b",
    });
  });

  it("lose no function", () => {
    const paths = [
      "a/index.ts",
      "a/index.js",
      "src/a.ts",
      "src/app.ts",
      "app.ts",
      "a.ts#one",
      "a.ts#two",
      "a-b.ts",
      "a/b.ts",
    ];
    const names = Object.values(namesOf(...paths));
    expect(new Set(names).size).toBe(paths.length);
  });
});

describe("handlers in a repository", () => {
  let root: string | undefined;
  afterEach(async () => {
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  });

  it("are found deep in workspaces, in sources alone", async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-init-"));
    for (const path of [
      "services/orders/packages/api/src/functions/create.ts",
      "src/plain.js",
      "src/both.ts",
      "src/both.js",
      "src/both.test.ts",
      "cdk.out/asset.1/index.js",
      "node_modules/x/index.js",
      ".build/index.js",
    ]) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), "export const handler = 1;");
    }
    await symlink("nowhere.js", join(root, "src/lost.js"));
    expect((await findHandlers(root)).map(({ path }) => path)).toEqual([
      "services/orders/packages/api/src/functions/create.ts",
      "src/both.ts",
      "src/plain.js",
    ]);
  });
});

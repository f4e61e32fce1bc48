import { readFileSync } from "node:fs";
import type { ResolvedFunction } from "@sluice/core";
import { elf } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { bundleAll, functionOf, settleAll } from "../testing/repository.ts";
import { majorOf, OWN_NODE } from "./find-node.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

const on = { enabled: true, env: {} };
const off = { enabled: false, env: {} };
const own = majorOf(OWN_NODE.version);
const RUNTIME = `nodejs${own}.x`;
const BROKEN =
  'const name = ["sha", "rp"].join("");\nawait import(name);\nexport const handler = (): number => 1;\n';
const FINE = "export const handler = (): number => 1;\n";

function api(overrides: Partial<ResolvedFunction> = {}): ResolvedFunction {
  return functionOf("api", { importCheck: on, runtime: RUNTIME, runtimeDeclared: true, ...overrides });
}

describe("what is remembered", () => {
  it("was checked: what was built without is built anew", async () => {
    fixture = await createFixture({ "src/api.ts": BROKEN });
    expect((await bundleAll(fixture.path, [api({ importCheck: off })])).artifacts).toHaveLength(1);
    expect((await bundleAll(fixture.path, [api({ importCheck: off })])).artifacts[0]?.cached).toBe(true);
    const { outcomes } = await settleAll(fixture.path, [api()]);
    expect(outcomes[0]?.status).toBe("rejected");
  });

  it("is not checked again", async () => {
    fixture = await createFixture({ "src/api.ts": FINE });
    await bundleAll(fixture.path, [api()]);
    const again = await bundleAll(fixture.path, [api()]);
    expect(again.artifacts[0]?.cached).toBe(true);
    expect(again.context.lines).toEqual([]);
  });

  it("stays, with its artifact, when the next build fails its check", async () => {
    fixture = await createFixture({ "src/api.ts": FINE });
    await bundleAll(fixture.path, [api()]);
    const before = readFileSync(fixture.getPath(".sluice/artifacts/api.zip"));
    await fixture.writeFile("src/api.ts", BROKEN);
    const { outcomes } = await settleAll(fixture.path, [api()]);
    expect(outcomes[0]?.status).toBe("rejected");
    expect(readFileSync(fixture.getPath(".sluice/artifacts/api.zip")).equals(before)).toBe(true);
  });
});

describe("what is not checked", () => {
  const native = "arm64" === process.arch ? "x86_64" : "arm64";

  it("is told once for all functions, where it is for native code of another machine", async () => {
    fixture = await createFixture({
      "package/index.js": 'exports.handler = require("./addon.node");',
      "package/addon.node": elf(native),
    });
    const of = (name: string) => ({
      ...api({ source: "folder", entry: "package", architecture: native }),
      name,
    });
    const run = await bundleAll(fixture.path, [of("one"), of("two")]);
    expect(run.notices).toEqual([
      expect.stringMatching(
        /^one, two: the import check was skipped, as the package holds native code for Linux on/,
      ),
    ]);
  });

  it("is not told where the user wants it so, but at level debug", async () => {
    fixture = await createFixture({ "src/api.ts": BROKEN });
    const run = await bundleAll(fixture.path, [api({ importCheck: off })]);
    expect(run.notices.join()).not.toContain("import check");
    expect(run.context.lines).toContainEqual({
      level: "debug",
      message: "api: the import check is switched off",
    });
  });

  it("is a package of another runtime, or of one that nobody declared", async () => {
    fixture = await createFixture({ "package/index.js": "throw 1;", "package/lambda_function.py": "" });
    const folder = { source: "folder", entry: "package" } as const;
    const run = await bundleAll(fixture.path, [
      api({ ...folder, runtimeDeclared: false }),
      { ...api({ ...folder, runtime: "python3.13", handler: "lambda_function.handler" }), name: "python" },
    ]);
    expect(run.notices).toEqual([]);
  });
});

describe("the Node.js of a check", () => {
  it("is told once where it is not the runtime's", async () => {
    fixture = await createFixture({ "src/one.ts": FINE, "src/two.ts": FINE });
    const runtime = `nodejs${own + 2}.x`;
    const functions = ["one", "two"].map((name) => functionOf(name, { importCheck: on, runtime }));
    const asked: number[] = [];
    const nodeFor = async (major: number) => {
      asked.push(major);
      return null;
    };
    const run = await bundleAll(fixture.path, functions, { bundler: { nodeFor } });
    expect(asked).toEqual([own + 2]);
    expect(run.notices).toEqual([
      `one, two: the import check used Node.js ${own}: the runtime's ${own + 2} is not on this machine. SLUICE_NODE_${own + 2} can name one.`,
    ]);
  });

  it("proves nothing where it cannot be started", async () => {
    fixture = await createFixture({ "src/api.ts": FINE });
    const nodeFor = async () => ({ path: fixture.getPath("gone"), version: OWN_NODE.version });
    const run = await bundleAll(fixture.path, [api()], { bundler: { nodeFor } });
    expect(run.notices.join()).toMatch(/api: the import check proves nothing: .*gone/);
  });
});

it("checks one package with several functions once for each handler", async () => {
  fixture = await createFixture({
    "package/index.js": "exports.a = () => 1; exports.b = () => 2; exports.c = 3;",
  });
  const of = (name: string, handler: string) => ({
    ...api({ source: "folder", entry: "package", handler: `index.${handler}` }),
    name,
  });
  const functions = [of("one", "a"), of("two", "b"), of("three", "a"), of("four", "c")];
  const { outcomes } = await settleAll(fixture.path, functions);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
});

it("ends with the run that is cancelled, and leaves no folder", async () => {
  fixture = await createFixture({
    "src/api.ts": `await new Promise((resolve) => setTimeout(resolve, 1e6));\n${FINE}`,
    "tmp/.keep": "",
  });
  const controller = new AbortController();
  const running = bundleAll(fixture.path, [api()], { context: { signal: controller.signal } });
  setTimeout(() => controller.abort(new Error("enough")), 1000);
  await expect(running).rejects.toThrow("enough");
});

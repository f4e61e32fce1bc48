import type { ResolvedFunction } from "@sluice/core";
import { isSluiceError, type Problem } from "@sluice/core";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, describe, expect, it } from "vitest";
import { functionOf, settleAll } from "../testing/repository.ts";
import { OWN_NODE } from "./find-node.ts";

let fixture: FsFixture;
afterEach(() => fixture?.rm());

type Files = Parameters<typeof createFixture>[0];

/** The own major's runtime: whatever fails does so because of the package. */
const RUNTIME = `nodejs${OWN_NODE.version.split(".")[0]}.x`;

async function problemOf(
  source: string,
  files: Files = {},
  overrides: Partial<ResolvedFunction> = {},
): Promise<Problem> {
  fixture = await createFixture({ "src/api.ts": source, ...(files as object) });
  const checked = { importCheck: { enabled: true, env: {} }, runtime: RUNTIME, runtimeDeclared: true };
  const { outcomes, run } = await settleAll(fixture.path, [functionOf("api", { ...checked, ...overrides })]);
  const [outcome] = outcomes;
  if (outcome?.status !== "rejected") throw new Error(`It passed: ${run.notices.join("\n")}`);
  if (!isSluiceError(outcome.reason)) throw outcome.reason;
  expect(await fixture.exists(".sluice/artifacts/api.zip")).toBe(false);
  expect(await fixture.exists(".sluice/cache/api.json")).toBe(false);
  return outcome.reason.problems[0];
}

const HANDLER = "\nexport const handler = async (): Promise<number> => 1;\n";
const CODE = "SLUICE_IMPORT_CHECK_FAILED";

describe("what Lambda could not load either is an error", () => {
  it("a package that only a computed name imports", async () => {
    const problem = await problemOf(`const name = ["sha", "rp"].join("");\nawait import(name);${HANDLER}`);
    expect(problem).toMatchObject({ code: CODE, kind: "usage" });
    expect(problem.message).toContain("Cannot find package 'sharp' imported from index.mjs");
    expect(problem.hint).toMatch(/include.*importCheck: false/);
  });

  it("a package that is installed beside the repository's code, and not in the zip", async () => {
    const problem = await problemOf(`const name = ["le", "ft"].join("");\nrequire(name);${HANDLER}`, {
      "node_modules/left/package.json": '{"name":"left","version":"1.0.0"}',
      "node_modules/left/index.js": "module.exports = 1;",
    });
    expect(problem).toMatchObject({ code: CODE, where: "src/api.ts:2:1" });
    expect(problem.message).toContain("Cannot find module 'left'");
    expect(problem.message).not.toContain("sluice-check-");
  });

  it("a file that is read and not packed", async () => {
    const problem = await problemOf(
      `import { readFileSync } from "node:fs";\nimport { join } from "node:path";\n\nconst name = ["texts", "en.json"];\nexport const text = readFileSync(join(import.meta.dirname, ...name), "utf8");${HANDLER}`,
    );
    expect(problem).toMatchObject({ code: CODE, where: expect.stringMatching(/^src\/api\.ts:5:/) });
    expect(problem.message).toContain("ENOENT");
    expect(problem.hint).toContain("texts/en.json");
  });

  it("a file that is read from the working folder and not packed", async () => {
    const problem = await problemOf(
      `import { readFileSync } from "node:fs";\nexport const schema = readFileSync("./src/schema.graphql", "utf8");${HANDLER}`,
      { "src/schema.graphql": "type Query { a: Int }" },
    );
    expect(problem).toMatchObject({ code: CODE, where: expect.stringMatching(/^src\/api\.ts:2:/) });
    expect(problem.hint).toContain('to: "src/schema.graphql"');
  });

  it("a global of the browser", async () => {
    const problem = await problemOf(`export const size = window.innerWidth;${HANDLER}`);
    expect(problem.message).toContain("window is not defined");
    expect(problem.where).toMatch(/^src\/api\.ts:1:/);
  });

  it("an interop that leaves no constructor", async () => {
    const problem = await problemOf(
      `import Client from "client";\nexport const one = new Client();${HANDLER}`,
      {
        "node_modules/client/package.json": '{"name":"client","version":"1.0.0","main":"index.js"}',
        "node_modules/client/index.js":
          'Object.defineProperty(exports, "__esModule", { value: true });\nexports.default = { Client: class {} };',
      },
    );
    expect(problem.message).toContain("is not a constructor");
    expect(problem.where).toMatch(/^src\/api\.ts:2:/);
  });

  it("native code that is none", async () => {
    const files = {
      "package/index.js": 'require("./broken.node");\nexports.handler = () => 1;',
      "package/broken.node": "no machine code",
    };
    const problem = await problemOf("", files, { source: "folder", entry: "package" });
    expect(problem.message).toMatch(/invalid ELF header|file too short|not a mach-o|dlopen|not a valid/i);
    expect(problem.hint).toContain("external");
  });

  it("a syntax error of a file that was not bundled", async () => {
    const problem = await problemOf(
      HANDLER,
      {
        "package/index.js": "exports.handler = async () => {\n",
      },
      { source: "folder", entry: "package" },
    );
    expect(problem.message).toContain("SyntaxError");
  });

  it("an error that nobody awaits, and an await that never ends", async () => {
    const stray = await problemOf(`const name = ["a", "b"].join("");\nvoid import(name);${HANDLER}`);
    expect(stray.message).toContain("Cannot find package 'ab'");
    await fixture.rm();
    const waiting = await problemOf(`await new Promise(() => {});${HANDLER}`);
    expect(waiting.message).toContain("never ends");
  });

  it("a module that ends the process", async () => {
    const problem = await problemOf(`process.exit(0);${HANDLER}`);
    expect(problem.message).toContain("exit code 0");
  });

  it("what fails with made-up variables as it does without", async () => {
    const problem = await problemOf(
      `if (!process.env["TABLE"]) throw new Error("TABLE?");\nconst name = ["sha", "rp"].join("");\nawait import(name);${HANDLER}`,
    );
    expect(problem.message).toContain("'sharp'");
  });
});

describe("a handler that is none", () => {
  const cjs = (text: string): Files => ({ "package/index.js": text });
  const folder = { source: "folder", entry: "package" } as const;

  it("is not exported", async () => {
    const problem = await problemOf("", cjs("exports.main = () => 1; exports.other = 2;"), folder);
    expect(problem).toMatchObject({ code: "SLUICE_HANDLER_NOT_EXPORTED", kind: "usage" });
    expect(problem.message).toContain("main, other");
  });

  it("is a value", async () => {
    const problem = await problemOf("", cjs("exports.handler = { handle() {} };"), folder);
    expect(problem).toMatchObject({ code: "SLUICE_HANDLER_NOT_A_FUNCTION" });
    expect(problem.message).toContain("object");
  });

  it("is made by a call that gives something else", async () => {
    const problem = await problemOf(
      "const make = (): unknown => ({ a: 1 });\nexport const handler = make();\n",
    );
    expect(problem.code).toBe("SLUICE_HANDLER_NOT_A_FUNCTION");
  });

  it("is a class, which can only be constructed", async () => {
    const problem = await problemOf("const Orders = class {};\nexport { Orders as handler };\n");
    expect(problem.code).toBe("SLUICE_HANDLER_NOT_A_FUNCTION");
    expect(problem.message).toContain("of type class");
  });

  it("is not where a nested name says", async () => {
    const text = "exports.api = { put: () => 1 };";
    const problem = await problemOf("", { "package/a/b.js": text }, { ...folder, handler: "a/b.api.get" });
    expect(problem.code).toBe("SLUICE_HANDLER_NOT_EXPORTED");
  });
});

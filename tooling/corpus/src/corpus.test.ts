import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { findHandlers, handlerIn } from "./find-handlers.ts";
import { findProjects } from "./find-projects.ts";
import { formatResults } from "./table.ts";
import { tryProject } from "./try-project.ts";

const FILES = {
  "one/package.json": "{}",
  "one/src/good.ts": "export const handler = async (): Promise<number> => 1;",
  "one/src/other.mjs": "export const lambdaHandler = async () => 2;",
  "one/src/missing.js": 'const left = require("not-installed");\nexports.handler = async () => left;',
  "one/src/library.ts": "export const add = (a: number, b: number) => a + b;",
  "one/node_modules/x/index.js": "exports.handler = () => 0;",
  "two/broken.js": "export const handler = async () => {;",
};

describe("handlers are found by what a module exports", () => {
  it.each([
    ["export async function handler() {}", "handler"],
    ["export const handler: Handler = async () => {};", "handler"],
    ["const lambdaHandler = 1;\nexport { other, lambdaHandler };", "lambdaHandler"],
    ["exports.handler = async () => {};", "handler"],
    ["module.exports = { handler };", "handler"],
    ["const handler = 1;", null],
    ["// export const handler = 1", null],
  ])("%s", (text, expected) => {
    expect(handlerIn(text)).toBe(expected);
  });
});

describe("a corpus", () => {
  it("is taken apart into projects, and every handler is tried", async () => {
    await using corpus = await createFixture(FILES);
    const projects = findProjects(corpus.path, await findHandlers(corpus.path));
    expect(projects.map(({ folder, hasPackage }) => [folder, hasPackage])).toEqual([
      ["one", true],
      ["two", false],
    ]);
    const results = [];
    for (const project of projects) results.push(...(await tryProject(corpus.path, project)));
    expect(results.map(({ file, exportName, outcome, code }) => [file, exportName, outcome, code])).toEqual([
      ["one/src/good.ts", "handler", "passed", null],
      ["one/src/missing.js", "handler", "failed", "SLUICE_IMPORT_UNRESOLVED"],
      ["one/src/other.mjs", "lambdaHandler", "passed", null],
      ["two/broken.js", "handler", "failed", "SLUICE_SYNTAX_ERROR"],
    ]);
    const table = formatResults(results, 1);
    expect(table).toMatch(/one +3 +2 +0 +1/);
    expect(table).toMatch(/all +4 +2 +0 +2/);
    expect(table).toContain('Could not resolve "not-installed".');
  });
});

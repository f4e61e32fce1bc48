import { join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { causeOf, type Owner } from "./cause.ts";
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
  "two/calls.mjs": 'await fetch("https://localhost.invalid");\nexport const handler = async () => 3;',
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

describe("causes", () => {
  const unresolved = (name: string, more = ""): string => `Could not resolve "${name}".${more}`;

  it.each<[code: string | null, message: string, where: string, name: string, owner: Owner]>([
    ["SLUICE_IMPORT_UNRESOLVED", unresolved("axios"), "a.js:1:1", "does not declare", "project"],
    ["SLUICE_IMPORT_UNRESOLVED", unresolved("@a/declared/x"), "a.js:1:1", "not be installed", "surroundings"],
    ["SLUICE_IMPORT_UNRESOLVED", unresolved("above"), "a.js:1:1", "not be installed", "surroundings"],
    ["SLUICE_IMPORT_UNRESOLVED", unresolved("./gone"), "a.js:1:1", "not there", "project"],
    ["SLUICE_IMPORT_UNRESOLVED", unresolved("/opt/a.mjs"), "a.js:1:1", "layer", "surroundings"],
    ["SLUICE_IMPORT_UNRESOLVED", unresolved("x"), "node_modules/y/a.js:1:1", "fit together", "project"],
    ["SLUICE_AWS_SDK_V2", '"aws-sdk" is version 2', "a.js:1:1", "version 2", "project"],
    [
      "SLUICE_IMPORT_CHECK_FAILED",
      "ReferenceError: a is not defined",
      "a.js:1:1",
      "nothing defines",
      "project",
    ],
    [
      "SLUICE_IMPORT_CHECK_FAILED",
      "ENOENT: no such file or directory, open 'a'",
      "src/a.js:1:1",
      "not there",
      "project",
    ],
    ["SLUICE_IMPORT_CHECK_FAILED", "SyntaxError: x", "a.js:1:1", "SLUICE_IMPORT_CHECK_FAILED", "open"],
    ["DEFECT", "oh", "", "DEFECT", "open"],
    [null, "the import check was skipped, as …", "", "cannot load", "surroundings"],
  ])("%s %s", async (code, message, where, name, owner) => {
    await using corpus = await createFixture({
      "package.json": '{"dependencies":{"above":"1"}}',
      "one/package.json": '{"devDependencies":{"@a/declared":"1"}}',
    });
    const folder = join(corpus.path, "one");
    const found = causeOf({ code, message, where, folder, corpus: corpus.path.replace(/\/$/, "") });
    expect(found).toEqual({ name: expect.stringContaining(name), owner });
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
      ["two/calls.mjs", "handler", "unproved", null],
    ]);
    expect(results.map(({ cause }) => cause?.owner ?? null)).toEqual([
      ...[null, "project", null],
      ...["project", "surroundings"],
    ]);
    const again = [];
    for (const project of projects) again.push(...(await tryProject(corpus.path, project)));
    expect(again).toEqual(results);
    const table = formatResults(results, 1);
    expect(table).toMatch(/one +3 +2 +0 +1/);
    expect(table).toMatch(/all +5 +2 +1 +2/);
    expect(table).toContain('Could not resolve "not-installed".');
    expect(table).toContain("syntax error (the project's own)  1\n  two/broken.js#handler");
    expect(table).not.toContain("handler-0");
    expect(formatResults(results.toReversed(), 1).split("\n").length).toBe(table.split("\n").length);
  });
});

import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf } from "../testing/repository.ts";

async function noticesFor(files: Record<string, string>): Promise<readonly string[]> {
  await using fixture = await createFixture(files);
  return (await bundleAll(fixture.path, [functionOf("a")])).notices;
}

const PACKAGE = '{"name":"loads","version":"1.0.0"}';

describe("computed imports", () => {
  it("are named with their place in own sources", async () => {
    const notices = await noticesFor({
      "src/a.ts": `const name = process.env.X ?? "x";
export const handler = async () => {
  if (typeof require === "undefined") return;
  const load = require;
  return [require(name), await import(name), load];
};`,
    });
    expect(notices).toEqual([
      expect.stringMatching(/^src\/a\.ts:4:16: require, passed on/),
      expect.stringMatching(/^src\/a\.ts:5:11: require\(\) of a computed name/),
      expect.stringMatching(/^src\/a\.ts:5:32: import\(\) of a computed name/),
    ]);
  });

  it("are told once for a package, and only for what is in the bundle", async () => {
    const notices = await noticesFor({
      "node_modules/loads/package.json": PACKAGE,
      "node_modules/loads/index.js": "exports.a = (x) => require(x); exports.b = (x) => require(x + x);",
      "node_modules/express/package.json": PACKAGE.replace("loads", "express"),
      "node_modules/express/index.js": "module.exports = (x) => require(x);",
      "src/package.json": '{"sideEffects":false}',
      "src/unused.ts": "export const unused = (x: string) => import(x);",
      "src/b.ts": 'export * from "./unused"; export const used = 1;',
      "src/a.ts":
        'import loads from "loads"; import express from "express"; import { used } from "./b"; export const handler = () => [loads, express, used];',
    });
    expect(notices).toEqual([
      expect.stringMatching(
        /^loads loads modules by computed names \(node_modules\/loads\/index\.js:1:20\).*external: \["loads"\]/,
      ),
    ]);
  });

  it("are counted when they are many", async () => {
    const calls = Array.from({ length: 9 }, (_, index) => `require(x + ${index});`).join("\n");
    const notices = await noticesFor({ "src/a.ts": `export const handler = (x: string) => {\n${calls}\n};` });
    expect(notices).toHaveLength(6);
    expect(notices[5]).toBe("… and 4 more places with computed imports.");
  });
});

import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf } from "../testing/repository.ts";

const pkg = (name: string): string => JSON.stringify({ name, version: "1.0.0" });
const READING = `const fs = require("fs");
exports.read = () => fs.readFileSync(require("path").join(__dirname, "data.json"), "utf8");`;

describe("packages that read their own files", () => {
  it.each(["esm", "cjs"] as const)("are named once, with the place and what to do (%s)", async (format) => {
    await using fixture = await createFixture({
      "node_modules/@s/reads/package.json": pkg("@s/reads"),
      "node_modules/@s/reads/index.js": `${READING}\nexports.more = require("./more").read;`,
      "node_modules/@s/reads/more.js": READING,
      "node_modules/asks/package.json": pkg("asks"),
      "node_modules/asks/index.js": `/**
 * fs.readFile(path.join(__dirname, "example.json"));
 */
exports.where = () => __dirname;`,
      "src/a.ts":
        'import { read } from "@s/reads"; import { where } from "asks"; export const handler = () => [read, where];',
      "src/b.ts": 'import { read } from "@s/reads"; export const handler = () => read;',
      "src/c.ts": "export const handler = () => import.meta.url;",
    });
    const functions = ["a", "b", "c"].map((name) => functionOf(name, { format }));
    const { notices } = await bundleAll(fixture.path, functions);
    expect(notices).toEqual([
      expect.stringMatching(
        /^@s\/reads reads files .*\(node_modules\/@s\/reads\/(index|more)\.js:2\).*external: \["@s\/reads"\]/,
      ),
    ]);
  });
});

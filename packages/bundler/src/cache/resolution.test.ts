import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, one, unpacked } from "../testing/repository.ts";

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function link(root: string, path: string, to: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  rmSync(join(root, path), { recursive: true, force: true });
  symlinkSync(to, join(root, path));
}

const packageOf = (name: string, value: string): Record<string, string> => ({
  "package.json": `{"name":"${name}","main":"index.js"}`,
  "index.js": `module.exports = "${value}";`,
});

function install(root: string, at: string, name: string, value: string): void {
  for (const [file, text] of Object.entries(packageOf(name, value))) write(root, { [join(at, file)]: text });
}

const SOURCE = 'import value from "foo"; export const handler = () => value;';

interface Case {
  readonly what: string;
  setUp(root: string): void;
  change(root: string): void;
  /** Text that only the second bundle has. */
  readonly after: string;
}

const CASES: readonly Case[] = [
  {
    what: "a package's link leads to another version",
    setUp: (root) => {
      for (const version of ["1", "2"])
        install(root, `node_modules/.pnpm/foo@${version}/foo`, "foo", `foo ${version}`);
      link(root, "node_modules/foo", ".pnpm/foo@1/foo");
      write(root, { "src/a.ts": SOURCE });
    },
    change: (root) => link(root, "node_modules/foo", ".pnpm/foo@2/foo"),
    after: "foo 2",
  },
  {
    what: "a package's own dependency leads to another version",
    setUp: (root) => {
      for (const version of ["1", "2"])
        install(root, `node_modules/.pnpm/bar@${version}/bar`, "bar", `bar ${version}`);
      install(root, "node_modules/.pnpm/foo@1/node_modules/foo", "foo", "");
      write(root, {
        "node_modules/.pnpm/foo@1/node_modules/foo/index.js": 'module.exports = require("bar");',
      });
      link(root, "node_modules/.pnpm/foo@1/node_modules/bar", "../../bar@1/bar");
      link(root, "node_modules/foo", ".pnpm/foo@1/node_modules/foo");
      write(root, { "src/a.ts": SOURCE });
    },
    change: (root) => link(root, "node_modules/.pnpm/foo@1/node_modules/bar", "../../bar@2/bar"),
    after: "bar 2",
  },
  {
    what: "a linked package gives way to an installed one",
    setUp: (root) => {
      install(root, "work/foo", "foo", "linked");
      install(root, "kept", "foo", "installed");
      link(root, "node_modules/foo", "../work/foo");
      write(root, { "src/a.ts": SOURCE });
    },
    change: (root) => {
      rmSync(join(root, "node_modules/foo"));
      renameSync(join(root, "kept"), join(root, "node_modules/foo"));
    },
    after: "installed",
  },
  {
    what: "a linked source leads elsewhere",
    setUp: (root) => {
      write(root, { "v1/x.ts": 'export const x = "one";', "v2/x.ts": 'export const x = "two";' });
      link(root, "src/lib", "../v1");
      write(root, { "src/a.ts": 'import { x } from "./lib/x"; export const handler = () => x;' });
    },
    change: (root) => link(root, "src/lib", "../v2"),
    after: "two",
  },
  {
    what: "the entry is a link that leads elsewhere",
    setUp: (root) => {
      write(root, {
        "src/one.ts": 'export const handler = () => "one";',
        "src/two.ts": 'export const handler = () => "two";',
      });
      link(root, "src/a.ts", "one.ts");
    },
    change: (root) => link(root, "src/a.ts", "two.ts"),
    after: "two",
  },
  {
    what: "an optional package is installed, without a lockfile",
    setUp: (root) => {
      const optional = 'let value; try { value = require("foo"); } catch {} exports.handler = () => value;';
      write(root, { "src/a.ts": 'export { handler } from "./b.cjs";', "src/b.cjs": optional });
    },
    change: (root) => install(root, "node_modules/foo", "foo", "optional"),
    after: "optional",
  },
  {
    what: "a tsconfig in a package of the workspace changes",
    setUp: (root) => {
      write(root, { "packages/ts/package.json": '{"name":"@acme/ts"}', "packages/ts/base.json": "{}" });
      link(root, "node_modules/@acme/ts", "../../packages/ts");
      write(root, { "tsconfig.json": '{"extends":"@acme/ts/base.json"}' });
      write(root, { "src/a.tsx": "export const handler = () => <a/>;" });
    },
    change: (root) => write(root, { "packages/ts/base.json": '{"compilerOptions":{"jsxFactory":"made"}}' }),
    after: "made",
  },
  {
    what: "the tsconfig that is really extended changes, not the one in a comment",
    setUp: (root) => {
      write(root, { "old.json": "{}", "base.json": "{}" });
      write(root, {
        "tsconfig.json": '{ // "extends": "./old.json",\n /* and */ "extends": "./base.json", }',
      });
      write(root, { "src/a.tsx": "export const handler = () => <a/>;" });
    },
    change: (root) => write(root, { "base.json": '{"compilerOptions":{"jsxFactory":"made"}}' }),
    after: "made",
  },
  {
    what: "the tsconfig of the folder that is extended changes",
    setUp: (root) => {
      write(root, { "tsconfig.json": "{}", "src/tsconfig.json": '{"extends":".."}' });
      write(root, { "src/a.tsx": "export const handler = () => <a/>;" });
    },
    change: (root) => write(root, { "tsconfig.json": '{"compilerOptions":{"jsxFactory":"made"}}' }),
    after: "made",
  },
  {
    what: "a file appears at the first of several paths",
    setUp: (root) => {
      write(root, { "tsconfig.json": '{"compilerOptions":{"paths":{"#lib/*":["./own/*","./lib/*"]}}}' });
      write(root, { "lib/x.ts": 'export const x = "lib";' });
      write(root, { "src/a.ts": 'import { x } from "#lib/x"; export const handler = () => x;' });
    },
    change: (root) => write(root, { "own/x.ts": 'export const x = "own";' }),
    after: "own",
  },
];

describe("what has an import resolve to another file", () => {
  it.each(CASES)("builds anew when $what", async ({ setUp, change, after }) => {
    await using fixture = await createFixture({ ".git/HEAD": "" });
    const root = fixture.path;
    setUp(root);
    const entry = existsSync(join(root, "src/a.tsx")) ? "src/a.tsx" : "src/a.ts";
    const fn = functionOf("a", { entry, sourcemap: false });
    const build = async () => one(await bundleAll(root, [fn]));
    const first = await build();
    expect(unpacked(first)["index.mjs"]).not.toContain(after);
    expect((await build()).cached).toBe(true);
    change(root);
    const second = await build();
    expect(second.cached).toBe(false);
    expect(unpacked(second)["index.mjs"]).toContain(after);
    expect((await build()).cached).toBe(true);
  });

  it("looks for no package where esbuild's own helpers are imported", async () => {
    await using fixture = await createFixture({ ".git/HEAD": "" });
    const root = fixture.path;
    install(root, "node_modules/foo", "foo", "");
    write(root, { "src/a.ts": `${SOURCE} export class Named { static #own = 1; }` });
    await bundleAll(root, [functionOf("a")]);
    const inventory = readFileSync(join(root, ".sluice/cache/a.inventory.json"), "utf8");
    expect(inventory).toContain('"path":"<runtime>"');
    const record = readFileSync(join(root, ".sluice/cache/a.json"), "utf8");
    expect(record).not.toContain("<runtime>");
  });

  it.each(["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"])(
    "builds anew when %s appears where there was no lockfile",
    async (name) => {
      await using fixture = await createFixture({
        ".git/HEAD": "",
        "app/src/a.ts": "export const handler = () => 1;",
      });
      const root = join(fixture.path, "app");
      const build = async () => one(await bundleAll(root, [functionOf("a")]));
      await build();
      expect((await build()).cached).toBe(true);
      await fixture.writeFile(name, "");
      expect((await build()).cached).toBe(false);
      expect((await build()).cached).toBe(true);
    },
  );
});

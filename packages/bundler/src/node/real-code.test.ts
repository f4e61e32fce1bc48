import { mkdirSync, symlinkSync } from "node:fs";
import { basename } from "node:path";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { bundleAll, functionOf, invoke, unpacked } from "../testing/repository.ts";

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** Default `src/a.ts`. */
  readonly entry?: string;
  readonly options?: Parameters<typeof functionOf>[1];
  /** What the handler returns for `{}`. */
  readonly returns: unknown;
  /** Default both. */
  readonly formats?: readonly ("esm" | "cjs")[];
}

const pkg = (name: string, rest: object = {}): string => JSON.stringify({ name, version: "1.0.0", ...rest });

const CASES: Readonly<Record<string, Case>> = {
  "JSX by the tsconfig's factory": {
    entry: "src/a.tsx",
    files: {
      "tsconfig.json": '{"compilerOptions":{"jsx":"react","jsxFactory":"h","jsxFragmentFactory":"Frag"}}',
      "src/a.tsx": `const Frag = "frag"; const h = (tag: any, props: any, ...children: any[]) => ({ tag, props, children });
export const handler = () => <><b id="x">{1}</b></>;`,
    },
    returns: { tag: "frag", props: null, children: [{ tag: "b", props: { id: "x" }, children: [1] }] },
  },
  "JSX by an import source": {
    entry: "src/a.tsx",
    files: {
      "tsconfig.json": '{"compilerOptions":{"jsx":"react-jsx","jsxImportSource":"tiny"}}',
      "node_modules/tiny/package.json": pkg("tiny", {
        exports: { "./jsx-runtime": "./jsx.js" },
        type: "module",
      }),
      "node_modules/tiny/jsx.js":
        "export const jsx = (tag, props) => ({ tag, props }); export const jsxs = jsx;",
      "src/a.tsx": "export const handler = () => <i>x</i>;",
    },
    returns: { tag: "i", props: { children: "x" } },
  },
  "JSON, text, binary and wasm": {
    files: {
      "src/data.json": '\uFEFF{"a": [1, 2]}',
      "src/typed.json": '{"b": 1}',
      "src/q.sql": "select 1",
      "src/x.bin": "bytes",
      "src/add.wasm": "\0asm",
      "src/a.ts": `import data from "./data.json"; import { b } from "./typed.json"; import typed from "./typed.json" with { type: "json" };
import sql from "./q.sql"; import bin from "./x.bin"; import wasm from "./add.wasm";
export const handler = () => [data.a, b, typed.b, sql, Buffer.from(bin).toString(), wasm.length];`,
    },
    returns: [[1, 2], 1, 1, "select 1", "bytes", 4],
  },
  "top-level await": {
    formats: ["esm"],
    files: {
      "src/config.ts": "export const config = await Promise.resolve({ n: 1 });",
      "src/a.ts":
        'import { config } from "./config"; const late = await import("./late"); export const handler = () => [config.n, late.x];',
      "src/late.ts": "export const x = await 2;",
    },
    returns: [1, 2],
  },
  "conditional exports: import and require of one package": {
    files: {
      "node_modules/dual/package.json": pkg("dual", {
        exports: {
          ".": { import: "./i.mjs", require: "./r.cjs" },
          "./node": { browser: "./b.js", node: "./n.js", default: "./d.js" },
        },
      }),
      "node_modules/dual/i.mjs": "export const kind = 'import';",
      "node_modules/dual/r.cjs": "exports.kind = 'require';",
      "node_modules/dual/n.js": "exports.where = 'node';",
      "node_modules/dual/d.js": "exports.where = 'default';",
      "node_modules/dual/b.js": "exports.where = 'browser';",
      "node_modules/user/package.json": pkg("user", { main: "main.js" }),
      "node_modules/user/main.js": "exports.kind = require('dual').kind;",
      "src/a.ts":
        'import { kind } from "dual"; import { where } from "dual/node"; import user from "user"; export const handler = () => [kind, user.kind, where];',
    },
    returns: ["import", "require", "node"],
  },
  "custom conditions and #imports": {
    options: { esbuild: { conditions: ["source"] } },
    files: {
      "package.json": pkg("root", {
        imports: {
          "#config": { source: "./src/config.ts", default: "./gone.js" },
          "#lib/*": "./src/lib/*.ts",
        },
      }),
      "src/config.ts": "export const c = 'by #config';",
      "src/lib/x.ts": "export const x = 'by #lib';",
      "packages/db/package.json": pkg("@acme/db", {
        exports: { ".": { source: "./src/index.ts", default: "./dist/index.js" } },
      }),
      "packages/db/src/index.ts": "export const db: string = 'from source';",
      "src/a.ts":
        'import { c } from "#config"; import { x } from "#lib/x"; import { db } from "@acme/db"; export const handler = () => [c, x, db];',
    },
    returns: ["by #config", "by #lib", "from source"],
  },
  "workspace packages by their build, and a circle of them": {
    files: {
      "packages/db/package.json": pkg("@acme/db", { type: "module", main: "dist/index.js" }),
      "packages/db/dist/index.js":
        "import { log } from '@acme/log'; export const db = () => log('db'); export const name = 'db';",
      "packages/log/package.json": pkg("@acme/log", { type: "module", exports: "./dist/index.js" }),
      "packages/log/dist/index.js": "import { name } from '@acme/db'; export const log = (x) => [x, name];",
      "src/a.ts": 'import { db } from "@acme/db"; export const handler = () => db();',
    },
    returns: ["db", "db"],
  },
  "tsconfig paths and extends": {
    files: {
      "tsconfig.json": '{ /* all */ "extends": "./tsconfig.base.json", }',
      "tsconfig.base.json":
        '{"compilerOptions":{"baseUrl":".","paths":{"@lib/*":["lib/*"],"~":["lib/root"]}}}',
      "lib/x.ts": "export const x = 1;",
      "lib/root.ts": "export default 2;",
      "src/a.ts": 'import { x } from "@lib/x"; import root from "~"; export const handler = () => [x, root];',
    },
    returns: [1, 2],
  },
  "CommonJS and ES modules mixed": {
    files: {
      "node_modules/fn/package.json": pkg("fn"),
      "node_modules/fn/index.js":
        "module.exports = function () { return 'called'; }; module.exports.extra = 1;",
      "node_modules/babel/package.json": pkg("babel"),
      "node_modules/babel/index.js":
        "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'default'; exports.named = 'named';",
      "node_modules/esm/package.json": pkg("esm", { type: "module", main: "index.js" }),
      "node_modules/esm/index.js": "export default 'esm default'; export const named = 'esm named';",
      "node_modules/req/package.json": pkg("req"),
      "node_modules/req/index.js":
        "'use strict'; const esm = require('esm'); module.exports = [esm.default, esm.named];",
      "src/old.cts": "import fn = require('fn'); export = { out: fn() };",
      "src/new.mts": "import fn, { extra } from 'fn'; export const out = [fn(), extra];",
      "src/a.ts": `import * as fnSpace from "fn"; import fn from "fn"; import babel, { named } from "babel"; import req from "req"; import old from "./old.cjs"; import { out } from "./new.mjs";
const late = await_(); function await_() { return import("fn"); }
export const handler = async () => [fn(), fnSpace.extra, babel, named, req, old.out, out, (await late).default()];`,
    },
    returns: [
      "called",
      1,
      "default",
      "named",
      ["esm default", "esm named"],
      "called",
      ["called", 1],
      "called",
    ],
  },
  "a CommonJS default in a source that Node.js takes for an ES module": {
    entry: "src/a.mts",
    files: {
      "node_modules/babel/package.json": pkg("babel"),
      "node_modules/babel/index.js":
        "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 1;",
      "src/a.mts": 'import babel from "babel"; export const handler = () => typeof (babel as any).default;',
    },
    returns: "function",
  },
  "circular imports of classes": {
    files: {
      "src/b.ts": 'import { A } from "./a"; export class B { make() { return new A().name; } }',
      "src/a.ts":
        'import { B } from "./b"; export class A { name = "A"; b = B; } export const handler = () => new B().make();',
    },
    returns: "A",
  },
  "byte order marks and hashbangs": {
    entry: "src/a.js",
    files: {
      "package.json": pkg("root", { type: "module" }),
      "src/a.js": "\uFEFFimport { b } from './b.js'; export const handler = () => b;",
      "src/b.js": "#!/usr/bin/env node\nexport const b = 1;",
    },
    returns: 1,
  },
  "using, private fields, accessors and class names": {
    files: {
      "src/a.ts": `class OutOfStock extends Error { constructor() { super("x"); this.name = this.constructor.name; } }
class Box { #x = 1; static { (this as any).y = 2; } accessor z = 3; get x() { return this.#x; } }
export const handler = () => {
  const log: string[] = [];
  { using _a = { [Symbol.dispose]() { log.push("disposed"); } }; log.push("in"); }
  const named = () => 1;
  return [log, new OutOfStock().name, new Box().x, (Box as any).y, new Box().z, named.name];
};`,
    },
    returns: [["in", "disposed"], "OutOfStock", 1, 2, 3, "named"],
  },
  "import.meta, __dirname and process.env": {
    files: {
      "src/deep/where.ts":
        "export const where = [typeof import.meta.url, import.meta.dirname === __dirname, import.meta.filename === __filename];",
      "src/a.ts": `import { where } from "./deep/where";
export const handler = () => [where, process.env.NODE_ENV ?? "unset", typeof require, "use strict" && typeof this];`,
    },
    returns: [["string", true, true], "unset", "function", "undefined"],
  },
  "eval and new Function": {
    files: {
      "node_modules/tpl/package.json": pkg("tpl"),
      "node_modules/tpl/index.js":
        "exports.run = (code, value) => new Function('value', code)(value); exports.ev = (code) => (0, eval)(code);",
      "src/a.ts":
        'import { ev, run } from "tpl"; export const handler = () => [run("return value + 1", 1), ev("1+1")];',
    },
    returns: [2, 2],
  },
  "literal dynamic imports and a pattern of them": {
    files: {
      "src/routes/one.ts": "export const name = 'one';",
      "src/routes/two.ts": "export const name = 'two';",
      "src/late.ts": "export default 'late';",
      "src/a.ts":
        "export const handler = async () => { const which = String('two'); return [(await import('./late')).default, (await import('./routes/' + which + '.ts')).name]; };",
    },
    returns: ["late", "two"],
  },
  "require of a built-in and of a file in TypeScript": {
    files: {
      "src/cfg.js": "module.exports = { n: 1 };",
      "src/a.ts":
        'const os = require("os"); const cfg = require("./cfg.js"); export const handler = () => [typeof os.EOL, cfg.n, typeof require("node:fs").readFileSync];',
    },
    returns: ["string", 1, "function"],
  },
  "TypeScript's own: enums, namespaces, const enums of other files, satisfies, overloads": {
    files: {
      "src/kinds.ts":
        "export const enum Kind { A = 'a' } export enum Level { Low, High } export namespace Deep { export const x = 1; } export type Only = string;",
      "src/a.ts": `import { Kind, Level, Deep, Only } from "./kinds"; import type { Gone } from "./nowhere";
function f(x: string): string; function f(x: number): number; function f(x: any) { return x; }
export const handler = () => [Kind.A, Level[1], Deep.x, f(1), { a: 1 } satisfies { a: Only | number }];`,
    },
    returns: ["a", "High", 1, 1, { a: 1 }],
  },
  "optional packages inside try, and a browser field": {
    files: {
      "node_modules/opt/package.json": pkg("opt", {
        main: "n.js",
        browser: { "./n.js": "./b.js", fs: false },
      }),
      "node_modules/opt/n.js":
        "let extra = 'none'; try { extra = require('not-installed-at-all'); } catch {} exports.v = ['node', extra, typeof require('fs').readFileSync];",
      "node_modules/opt/b.js": "exports.v = 'browser';",
      "src/a.ts": 'import { v } from "opt"; export const handler = () => v;',
    },
    returns: ["node", "none", "function"],
  },
  "import.meta.resolve and createRequire": {
    formats: ["esm"],
    files: {
      "src/a.ts": `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
export const handler = () => [import.meta.resolve("node:fs"), typeof require("node:os").EOL];`,
    },
    returns: ["node:fs", "string"],
  },
};

/** Packages that are linked as package managers link those of a workspace. */
const WORKSPACES = ["packages/db", "packages/log"];

describe("real code", () => {
  const rows = Object.entries(CASES).flatMap(([name, found]) =>
    (found.formats ?? (["esm", "cjs"] as const)).map((format) => [name, format, found] as const),
  );
  it.each(rows)("%s (%s)", async (_, format, { files, entry, options, returns }) => {
    await using fixture = await createFixture({ ...files });
    for (const folder of WORKSPACES.filter((path) => `${path}/package.json` in files)) {
      mkdirSync(fixture.getPath("node_modules/@acme"), { recursive: true });
      symlinkSync(fixture.getPath(folder), fixture.getPath("node_modules/@acme", basename(folder)));
    }
    const fn = functionOf("a", { ...(entry === undefined ? {} : { entry }), format, ...options });
    const { artifacts, notices } = await bundleAll(fixture.path, [fn]);
    expect(notices).toEqual([]);
    expect(await invoke(artifacts[0] as (typeof artifacts)[0], {})).toEqual(returns);
  });

  it("gives several exports of one source, in nested folders, each its own package", async () => {
    await using fixture = await createFixture({
      "src/api/orders/index.ts":
        "export const create = () => 'create'; export const remove = () => 'remove'; export default () => 'default';",
    });
    const entry = "src/api/orders/index.ts";
    const functions = ["create", "remove", "default"].map((exportName) =>
      functionOf(exportName, { entry, exportName, handler: `api/orders/${exportName}.handler` }),
    );
    const { artifacts } = await bundleAll(fixture.path, functions);
    expect(await Promise.all(artifacts.map((artifact) => invoke(artifact, {})))).toEqual([
      "create",
      "remove",
      "default",
    ]);
    expect(artifacts.map((artifact) => Object.keys(unpacked(artifact))[0])).toEqual([
      "api/orders/create.mjs",
      "api/orders/remove.mjs",
      "api/orders/default.mjs",
    ]);
  });
});

import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { openOutside } from "../externals/outside.ts";
import { type BatchResult, buildBatch } from "./build.ts";
import { Builder } from "./builder.ts";
import { entryKey, type NodeEntry } from "./entry.ts";
import type { NodeGroup } from "./options.ts";

const group: NodeGroup = {
  format: "esm",
  minify: false,
  sourcemap: true,
  target: "node22",
  external: [],
  provided: [],
  layers: [],
  esbuild: {},
};

function entry(source: string, exportName = "handler"): NodeEntry {
  return { source, exportName, path: ["handler"] };
}

async function build(
  files: Record<string, string>,
  entries: readonly NodeEntry[],
  overrides: Partial<NodeGroup> = {},
): Promise<BatchResult> {
  await using fixture = await createFixture(files);
  const root = fixture.path.replace(/\/$/, "");
  const all = { ...group, ...overrides };
  const builder = new Builder(root, all, openOutside(root, null), entries.length);
  try {
    return await buildBatch(root, all, builder, entries, new AbortController().signal);
  } finally {
    await builder.close();
  }
}

function codeOf(result: BatchResult, of: NodeEntry): string {
  const built = result.entries.get(entryKey(of));
  if (built === undefined || "messages" in built) throw new Error(JSON.stringify(built));
  return Buffer.from(built.code).toString();
}

function textsOf(result: BatchResult, of: NodeEntry): string[] {
  const failed = result.entries.get(entryKey(of));
  return failed !== undefined && "messages" in failed ? failed.messages.map((message) => message.text) : [];
}

describe("buildBatch", () => {
  it("gives an entry the same bytes whether others are built along or not", async () => {
    const files = {
      "shared.ts": "export const a = () => 'only a'; export const b = () => 'only b'; export class Same {}",
      "a.ts": "import { a, Same } from './shared.ts'; export const handler = () => [a(), new Same()];",
      "b.ts": "import { Same, b } from './shared.ts'; export const handler = () => [b(), new Same()];",
    };
    const overrides = { minify: true };
    const together = await build(files, [entry("a.ts"), entry("b.ts")], overrides);
    const alone = await build(files, [entry("b.ts")], overrides);
    expect(codeOf(together, entry("b.ts"))).toBe(codeOf(alone, entry("b.ts")));
    expect(codeOf(alone, entry("b.ts"))).not.toContain("only a");
  });

  it("builds what is right when another entry is wrong", async () => {
    const files = {
      "bad.ts": "export const handler = (",
      "a.ts": "export const handler = () => 'a'",
      "b.ts": "export const handler = () => 'b'",
      "c.ts": "import './missing.ts'; export const handler = () => 'c'",
    };
    const all = ["a.ts", "bad.ts", "b.ts", "c.ts"].map((name) => entry(name));
    const result = await build(files, all);
    expect(codeOf(result, entry("a.ts"))).toContain("'a'".replaceAll("'", '"'));
    expect(codeOf(result, entry("b.ts"))).toContain('"b"');
    expect(textsOf(result, entry("bad.ts"))).toEqual(["Unexpected end of file"]);
    expect(textsOf(result, entry("c.ts"))).toEqual(['Could not resolve "./missing.ts"']);
  });

  it("adds require where CommonJS needs it, and nowhere else", async () => {
    const files = {
      "cjs.cjs": "exports.host = () => require('node:os').hostname();",
      "a.ts": "import { host } from './cjs.cjs'; export const handler = () => host();",
      "b.ts":
        "import { hostname } from 'node:os'; const require = 1; export const handler = () => [hostname(), require];",
    };
    const result = await build(files, [entry("a.ts"), entry("b.ts")]);
    expect(codeOf(result, entry("a.ts")).split("\n")[0]).toContain("createRequire");
    expect(codeOf(result, entry("b.ts"))).not.toContain("createRequire");
  });

  it("gives ES modules __dirname and __filename only where they are used", async () => {
    const files = {
      "a.ts": "export const handler = () => [__dirname, __filename];",
      "b.ts": "const __dirname = 'own'; export const handler = () => __dirname;",
    };
    const result = await build(files, [entry("a.ts"), entry("b.ts")]);
    expect(codeOf(result, entry("a.ts"))).toContain("fileURLToPath(import.meta.url)");
    expect(codeOf(result, entry("b.ts"))).not.toContain("import.meta");
  });

  it("gives CommonJS import.meta", async () => {
    const files = { "a.ts": "export const handler = () => [import.meta.url, import.meta.dirname];" };
    const result = await build(files, [entry("a.ts")], { format: "cjs" });
    expect(codeOf(result, entry("a.ts"))).toContain("pathToFileURL)(__filename)");
    expect(result.warnings).toEqual([]);
  });

  it("puts native addons beside the entry that loads them", async () => {
    const files = {
      "x.node": "not really",
      "a.cjs": "exports.handler = () => require('./x.node');",
      "b.ts": "export const handler = () => 1;",
    };
    const result = await build(files, [entry("a.cjs"), entry("b.ts")]);
    const built = result.entries.get(entryKey(entry("a.cjs")));
    const other = result.entries.get(entryKey(entry("b.ts")));
    if (!built || !other || "messages" in built || "messages" in other) throw new Error("not built");
    expect(built.copied.map((file) => file.name)).toEqual([expect.stringMatching(/^x-[A-Z0-9]+\.node$/)]);
    expect(codeOf(result, entry("a.cjs"))).toContain(`./${built.copied[0]?.name}`);
    expect(other.copied).toEqual([]);
  });

  it("leaves to the runtime what is not installed there, where it is not installed", async () => {
    const files = {
      "one/a.ts": "import { S3 } from '@aws-sdk/client-s3'; export const handler = () => S3;",
      "two/a.ts": "import { S3 } from '@aws-sdk/client-s3'; export const handler = () => S3;",
      "two/node_modules/@aws-sdk/client-s3/index.js": "exports.S3 = 'bundled';",
    };
    const result = await build(files, [entry("one/a.ts"), entry("two/a.ts")]);
    expect(result.provided).toEqual(["@aws-sdk/client-s3"]);
    expect(codeOf(result, entry("one/a.ts"))).toContain('from "@aws-sdk/client-s3"');
    expect(codeOf(result, entry("two/a.ts"))).toContain("bundled");
    expect(codeOf(result, entry("two/a.ts"))).not.toContain('from "@aws-sdk/client-s3"');
  });

  it("names sources from the root, without a path of this machine", async () => {
    const files = { "src/a.ts": "export const handler = () => 1;" };
    const result = await build(files, [entry("src/a.ts")]);
    const built = result.entries.get(entryKey(entry("src/a.ts")));
    if (!built || "messages" in built) throw new Error("not built");
    expect(JSON.parse(Buffer.from(built.map ?? []).toString()).sources).toEqual(["src/a.ts"]);
  });

  it("takes a handler that a CommonJS source does not export for an error only when that is certain", async () => {
    const files = {
      "assigned.cjs": "module.exports = { handler: () => 1 };",
      "empty.ts": "const handler = () => 1; console.log(handler);",
    };
    const result = await build(files, [entry("assigned.cjs"), entry("empty.ts")]);
    expect(codeOf(result, entry("assigned.cjs"))).toContain("handler");
    expect(textsOf(result, entry("empty.ts"))[0]).toContain("always be undefined");
  });
});

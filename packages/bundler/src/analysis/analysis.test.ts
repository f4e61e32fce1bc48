import { createZip, type Inventory, type InventoryPackage } from "@sluice/artifact";
import { build, type Metafile } from "esbuild";
import { createFixture } from "fs-fixture";
import { describe, expect, it } from "vitest";
import { type Analysis, analyze } from "./analysis.ts";
import { knownNames, why } from "./why.ts";
import { contentsOf } from "./zip-contents.ts";

const big = (name: string, size: number): string =>
  `export const ${name} = ${JSON.stringify("x".repeat(size))};\n`;

/** Two versions of `deep`, a cycle, a dynamic import, a package of a workspace, and what nothing uses. */
const SHOP = {
  "src/orders.ts": `import { one } from "left"; import "./cycle-a.ts"; import { shared } from "../libs/shared/src/index.ts";
    import { S3 } from "@aws-sdk/client-s3"; import sharp from "sharp/lib/main.js";
    export const handler = async () => [one, shared, S3, sharp, (await import("./later.ts")).late];`,
  "src/cycle-a.ts": `import { b } from "./cycle-b.ts"; export const a = () => b; globalThis.a = a;`,
  "src/cycle-b.ts": `import { a } from "./cycle-a.ts"; export const b = () => a;`,
  "src/later.ts": `import deep from "deep"; export const late = deep;`,
  "libs/shared/src/index.ts": `export const shared = "shared";`,
  "node_modules/left/package.json": '{"name":"left","version":"1.0.0"}',
  "node_modules/left/index.js": `export { one } from "./one.js";`,
  "node_modules/left/one.js": `import { deep } from "deep"; import { unused } from "idle"; export const one = deep;`,
  "node_modules/left/node_modules/deep/index.js": big("deep", 700),
  "node_modules/deep/index.js": `module.exports = ${JSON.stringify("y".repeat(500))};`,
  "node_modules/idle/package.json": '{"name":"idle","version":"3.0.0","sideEffects":false}',
  "node_modules/idle/index.js": "export const unused = 1;",
};

const bundled = (name: string, version: string, folder = `node_modules/${name}`): InventoryPackage => ({
  name,
  version,
  license: null,
  folder,
  how: "bundled",
});

const PACKAGES: readonly InventoryPackage[] = [
  bundled("deep", "1.0.0"),
  bundled("deep", "2.0.0", "node_modules/left/node_modules/deep"),
  bundled("left", "1.0.0"),
  bundled("@acme/shared", "0.1.0", "libs/shared"),
  { ...bundled("sharp", "0.34.0"), how: "copied" },
];

async function shop(
  maxSizeBytes: number | null = null,
): Promise<{ analysis: Analysis; inventory: Inventory<Metafile> }> {
  await using fixture = await createFixture(SHOP);
  const { metafile, outputFiles } = await build({
    absWorkingDir: fixture.path,
    stdin: {
      contents: `export { handler } from "./src/orders.ts";`,
      resolveDir: fixture.path,
      sourcefile: "sluice-entry:x",
    },
    outfile: "index.mjs",
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["@aws-sdk/*", "sharp"],
    metafile: true,
    minify: true,
    write: false,
  });
  const inventory: Inventory<Metafile> = {
    schema: 1,
    metafile,
    packages: PACKAGES,
    provided: ["@aws-sdk/client-s3"],
  };
  const zip = await createZip([
    { path: "api/index.mjs", bytes: outputFiles[0]?.contents ?? new Uint8Array() },
    { path: "api/index.mjs.map", bytes: Buffer.from("map".repeat(50)) },
    { path: "api/index.mjs.LEGAL.txt", bytes: Buffer.from("legal") },
    { path: "templates/a.html", bytes: Buffer.from("<a>") },
    { path: "templates/b/c.html", bytes: Buffer.from("<c>!") },
    { path: "node_modules/sharp/package.json", bytes: Buffer.from('{"version":"0.34.0"}') },
    { path: "node_modules/sharp/lib/main.js", bytes: Buffer.from("1") },
    { path: "node_modules/sharp/node_modules/deep/package.json", bytes: Buffer.from('{"version":"3.0.0"}') },
  ]);
  const manifest = {
    function: "orders",
    handler: "api/index.handler",
    sizeBytes: zip.bytes.length,
    unzippedBytes: zip.unzippedBytes,
  };
  const contents = contentsOf(zip.bytes, "orders.zip");
  return { analysis: analyze({ manifest, maxSizeBytes, inventory, contents }), inventory };
}

describe("analyze", () => {
  it("accounts for every byte of the zip's files", async () => {
    const { analysis } = await shop();
    const total = analysis.parts.reduce((sum, part) => sum + part.bytes, 0);
    expect(total).toBe(analysis.unzippedBytes);
    for (const part of analysis.parts)
      expect(part.modules.reduce((sum, module) => sum + module.bytes, 0)).toBe(part.bytes);
    const zipped = analysis.parts.reduce((sum, part) => sum + part.zippedBytes, 0);
    expect(zipped).toBeLessThan(analysis.sizeBytes);
    expect(zipped).toBeGreaterThan(analysis.sizeBytes / 3);
  });

  it("tells packages, own folders and files beside the code apart", async () => {
    const { analysis } = await shop();
    const shown = analysis.parts.map(({ kind, name, version, modules }) => [
      kind,
      name,
      version,
      modules.length,
    ]);
    expect(shown.sort()).toEqual(
      [
        ["bundled", "deep", "2.0.0", 1],
        ["bundled", "deep", "1.0.0", 1],
        ["bundled", "left", "1.0.0", 1],
        ["bundled", "@acme/shared", "0.1.0", 1],
        ["own", "src", null, 4],
        ["bundler", "bundler's own code", null, 1],
        ["map", "api/index.mjs.map", null, 1],
        ["license", "api/index.mjs.LEGAL.txt", null, 1],
        ["asset", "templates", null, 2],
        ["copied", "sharp", "0.34.0", 2],
        ["copied", "deep", "3.0.0", 1],
      ].sort(),
    );
    expect(analysis.provided).toEqual(["@aws-sdk/client-s3"]);
  });

  it("names packages that are there more than once, with who brings each and what could be saved", async () => {
    const { analysis } = await shop();
    const [duplicate, ...others] = analysis.duplicates;
    expect(others).toEqual([]);
    expect(duplicate?.name).toBe("deep");
    const copies = duplicate?.copies.map(({ version, how, via }) => [version, how, via]);
    expect(copies).toEqual([
      ["2.0.0", "bundled", ["src/orders.ts", "left@1.0.0"]],
      ["1.0.0", "bundled", ["src/later.ts"]],
      ["3.0.0", "copied", ["src/orders.ts", "sharp@0.34.0"]],
    ]);
    const sizes = duplicate?.copies.map(({ zippedBytes }) => zippedBytes) ?? [];
    expect(duplicate?.savedBytes).toBe((sizes[1] ?? 0) + (sizes[2] ?? 0));
  });

  it("is the same for the same input", async () => {
    expect((await shop()).analysis).toEqual((await shop()).analysis);
  });

  it("lists the files of a package that was not bundled here", async () => {
    const zip = await createZip([
      { path: "index.js", bytes: Buffer.from("own") },
      { path: "node_modules/a/package.json", bytes: Buffer.from('{"version":"1.2.3"}') },
      { path: "node_modules/a/node_modules/b/x.js", bytes: Buffer.from("b") },
      { path: "node_modules/b/package.json", bytes: Buffer.from("not json") },
    ]);
    const analysis = analyze({
      manifest: { function: "ready", handler: "index.handler", sizeBytes: 1, unzippedBytes: 1 },
      maxSizeBytes: null,
      inventory: { schema: 1, metafile: null, packages: [], provided: [] },
      contents: contentsOf(zip.bytes, "ready.zip"),
    });
    expect(analysis.parts.map(({ kind, name, version }) => [kind, name, version]).sort()).toEqual([
      ["asset", "index.js", null],
      ["copied", "a", "1.2.3"],
      ["copied", "b", null],
      ["copied", "b", null],
    ]);
    expect(analysis.duplicates.map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("why", () => {
  it("gives the shortest chain to each copy of a package", async () => {
    const { analysis, inventory } = await shop();
    const reasons = why("deep", analysis, inventory);
    expect(reasons.map(({ name, how }) => [name, how])).toEqual([
      ["deep@2.0.0", "bundled"],
      ["deep@1.0.0", "bundled"],
      ["deep@3.0.0", "copied"],
    ]);
    expect(reasons[0]?.chain).toEqual([
      { file: "src/orders.ts", kind: "import-statement" },
      { file: "node_modules/left/index.js", kind: "import-statement" },
      { file: "node_modules/left/one.js", kind: "import-statement" },
      { file: "node_modules/left/node_modules/deep/index.js", kind: null },
    ]);
    expect(reasons[1]?.chain).toEqual([
      { file: "src/orders.ts", kind: "dynamic-import" },
      { file: "src/later.ts", kind: "import-statement" },
      { file: "node_modules/deep/index.js", kind: null },
    ]);
    expect(reasons[2]?.chain.map(({ file }) => file)).toEqual(["src/orders.ts", "sharp/lib/main.js", "deep"]);
    expect(why("deep@1.0.0", analysis, inventory)).toEqual([reasons[1]]);
  });

  it("explains modules, through cycles too, what is left out, what is unused and files", async () => {
    const { analysis, inventory } = await shop();
    const asked = (name: string): unknown =>
      why(name, analysis, inventory).map(({ how, chain }) => [how, chain.length]);
    expect(asked("src/cycle-b.ts")).toEqual([["own", 3]]);
    expect(asked("./src/cycle-a.ts")).toEqual([["own", 2]]);
    expect(asked("one.js")).toEqual([["bundled", 3]]);
    expect(asked("idle")).toEqual([["unused", 4]]);
    expect(asked("@aws-sdk/client-s3")).toEqual([["provided", 2]]);
    expect(asked("@acme/shared")).toEqual([["bundled", 2]]);
    expect(asked("templates/b/c.html")).toEqual([["file", 0]]);
    expect(asked("nothing")).toEqual([]);
  });

  it("gives one reason for what a layer holds", async () => {
    const { analysis, inventory } = await shop();
    const place = "/opt/nodejs/node_modules/canvas/index.mjs";
    const file = { bytes: 1, imports: [{ path: place, kind: "import-statement" as const, external: true }] };
    const metafile = {
      inputs: { "src/a.ts": file },
      outputs: { "a.mjs": { bytes: 1, inputs: {}, imports: [], exports: [], entryPoint: "src/a.ts" } },
    };
    const held = { ...analysis, layers: [{ name: "canvas", version: "2.0.0" }] };
    expect(why("canvas", held, { ...inventory, metafile })).toEqual([
      {
        name: "canvas@2.0.0",
        how: "layer",
        bytes: 0,
        chain: [
          { file: "src/a.ts", kind: "import-statement" },
          { file: place, kind: null },
        ],
      },
    ]);
    expect(why("index.mjs", { ...held, parts: [] }, { ...inventory, metafile })).toEqual([]);
  });

  it("knows the names that can be asked for", async () => {
    const { analysis, inventory } = await shop();
    expect(knownNames(analysis, inventory)).toEqual(
      expect.arrayContaining([
        "deep",
        "idle",
        "sharp",
        "src/later.ts",
        "@aws-sdk/client-s3",
        "api/index.mjs.map",
      ]),
    );
  });
});

import { readFile, rm } from "node:fs/promises";
import { build } from "esbuild";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

// Chunks have digests in their names: old ones would be published with the new.
await rm("dist/chunks", { recursive: true, force: true });

// One build for the command and the library, so that they share chunks; every command and the AWS SDK are chunks of their own
// and are loaded when they are needed. esbuild stays a dependency: it has a binary.
await build({
  entryPoints: {
    bin: "src/bin.ts",
    index: "src/index.ts",
    // Where the chunks that start them look for them: beside themselves.
    "chunks/deflate-worker": "@sluice/artifact/deflate-worker",
    "chunks/import-check-child": "@sluice/bundler/import-check-child",
  },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  legalComments: "linked",
  external: ["esbuild"],
  mainFields: ["module", "main"],
  define: { __SLUICE_VERSION__: JSON.stringify(version) },
  banner: {
    js: 'import { createRequire as __sluiceRequire } from "node:module"; const require = __sluiceRequire(import.meta.url);',
  },
  logLevel: "warning",
});

// The script and the style of the page that `build --analyze` writes: a chunk that is read as text.
await build({
  entryPoints: {
    "chunks/analysis-page": "src/report/analysis-page/main.ts",
    "chunks/analysis-page-style": "src/report/analysis-page/page.css",
  },
  outdir: "dist",
  bundle: true,
  format: "iife",
  platform: "browser",
  target: "es2023",
  minify: true,
  logLevel: "warning",
});

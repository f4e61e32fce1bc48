import { type Artifact, type LayerArtifact, type ResolvedLayer, resolvePython } from "@sluice/core";

/** A layer as the configuration's defaults leave it. */
export const layerOf = (overrides: Partial<ResolvedLayer> = {}): ResolvedLayer => ({
  name: "shared",
  packages: ["cjs", "esm"],
  folders: [],
  python: resolvePython({}),
  nameTemplate: "{layer}",
  runtime: "nodejs22.x",
  architecture: "x86_64",
  ...overrides,
});

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more });

/** A project with packages of both module systems, of which `a` has some in a layer. */
export const FILES: Readonly<Record<string, string>> = {
  "package.json": manifest("shop", "1.0.0", { dependencies: { cjs: "1", esm: "1", bundled: "1" } }),
  "node_modules/cjs/package.json": manifest("cjs", "1.0.0", {
    main: "lib/main.js",
    dependencies: { deep: "1" },
  }),
  // Names that only running it gives, and a default by the custom of compilers.
  "node_modules/cjs/lib/main.js": `
    const deep = require("deep");
    Object.defineProperty(exports, "__esModule", { value: true });
    for (const name of ["one", "two"]) exports[name] = "CJS-" + name + deep.version;
    exports.default = "CJS-default";`,
  "node_modules/deep/package.json": manifest("deep", "1.0.0"),
  "node_modules/deep/index.js": `exports.version = "-DEEP1"; exports.count = (globalThis.loaded = (globalThis.loaded ?? 0) + 1);`,
  "node_modules/esm/package.json": manifest("esm", "1.0.0", {
    type: "module",
    exports: { ".": { import: "./main.js" }, "./sub": "./sub.js", "./package.json": "./package.json" },
    dependencies: { deep: "1" },
  }),
  "node_modules/esm/main.js": `import deep from "deep"; export const esm = "ESM" + deep.version; export default "ESM-default";`,
  "node_modules/esm/sub.js": `export const sub = "ESM-sub";`,
  "node_modules/bundled/package.json": manifest("bundled", "1.0.0", {
    dependencies: { deep: "2", cjs: "1" },
  }),
  "node_modules/bundled/index.js": `exports.value = require("deep").version + require("cjs").one;`,
  "node_modules/bundled/node_modules/deep/package.json": manifest("deep", "2.0.0"),
  "node_modules/bundled/node_modules/deep/index.js": `exports.version = "-DEEP2";`,
  "shared/fonts/a.ttf": "FONT",
  "src/a.ts": `
    import standard, { one, two } from "cjs";
    import byDefault, { esm } from "esm";
    import { sub } from "esm/sub";
    import { value } from "bundled";
    import { count, version } from "deep";
    export const handler = async () => {
      const later = await import("esm");
      return { standard, one, two, byDefault, esm, sub, value, count, version, later: later.esm };
    };`,
  "src/b.ts": `export const handler = () => "b";`,
};

export function layersIn(artifact: Artifact): readonly LayerArtifact[] {
  return artifact.layers ?? [];
}

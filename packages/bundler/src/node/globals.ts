import type { BuildOptions, Plugin } from "esbuild";

const NAMESPACE = "sluice-globals";
const FILE = "sluice-globals:module";

/** ES modules lack what CommonJS sources take for granted; esbuild swaps in these exports where the names are free. */
const ESM = `import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
export const __filename = /* @__PURE__ */ fileURLToPath(import.meta.url);
export const __dirname = /* @__PURE__ */ dirname(__filename);
`;
/** And CommonJS lacks import.meta. */
const CJS = `import { pathToFileURL } from "node:url";\nexport const __sluiceUrl = pathToFileURL(__filename).href;\n`;

/** Options that make `__filename`, `__dirname` and `import.meta` mean the bundle's own file in either format. */
export function globalsFor(format: "esm" | "cjs"): {
  inject: string[];
  define: Record<string, string>;
  plugin: Plugin;
} {
  const define: NonNullable<BuildOptions["define"]> =
    format === "esm"
      ? {}
      : {
          "import.meta.url": "__sluiceUrl",
          "import.meta.filename": "__filename",
          "import.meta.dirname": "__dirname",
        };
  const plugin: Plugin = {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /^sluice-globals:/ }, () => ({
        path: "module",
        namespace: NAMESPACE,
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
        contents: format === "esm" ? ESM : CJS,
        loader: "js",
      }));
    },
  };
  return { inject: [FILE], define, plugin };
}

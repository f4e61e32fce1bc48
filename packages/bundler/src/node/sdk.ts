import { readFileSync } from "node:fs";
import type { OnResolveResult, Plugin, PluginBuild } from "esbuild";

/** The packages of the AWS SDK for JavaScript v3, as imported by name alone. */
const SDK = /^@(?:aws-sdk|smithy|aws-crypto)\/[^/]+$/;

/** Where they keep their ES modules, which esbuild's `main` for Node.js does not lead to. */
const MODULES: Readonly<Record<string, string>> = {
  "@aws-sdk": "dist-es/index.js",
  "@smithy": "dist-es/index.js",
  "@aws-crypto": "build/module/index.js",
};

const INSIDE = /[/\\]node_modules[/\\]@(?:aws-sdk|smithy|aws-crypto)[/\\]/;

/** Whether a source wants `module.exports` itself, which ES modules have no default export for. */
function importsDefault(importer: string, specifier: string): boolean {
  try {
    const clause = String.raw`import\s+[\w$]+\s*(?:,[^;'"]*)?from\s*['"]${specifier}['"]`;
    return new RegExp(clause).test(readFileSync(importer, "utf8"));
  } catch {
    return false;
  }
}

type Asked = Parameters<Parameters<PluginBuild["onResolve"]>[1]>[0];

/** The ES module of a package; `null` where it has none, or where something else than the package is imported by its name. */
async function moduleOf(build: PluginBuild, asked: Asked, mark: symbol): Promise<OnResolveResult | null> {
  const { path, importer, namespace, resolveDir, kind } = asked;
  const look = (specifier: string) =>
    build.resolve(specifier, { importer, namespace, resolveDir, kind, pluginData: mark });
  const usual = await look(path);
  const installed = usual.path.replaceAll("\\", "/").includes(`/node_modules/${path}/`);
  if (usual.errors.length > 0 || usual.external || usual.namespace !== "file" || !installed) return null;
  // One that has `exports` does not export this path: its own condition `module` has led to the ES module already.
  const found = await look(`${path}/${MODULES[path.slice(0, path.indexOf("/"))]}`);
  if (found.errors.length > 0 || found.external || found.namespace !== "file") return null;
  return { path: found.path, sideEffects: found.sideEffects };
}

/**
 * Takes the AWS SDK's ES modules instead of its CommonJS, which cannot be tree-shaken: a fifth of a function's code. For
 * these packages alone: others may hold state in both of their builds, and `mainFields` would mix them.
 */
export function sdkPlugin(): Plugin {
  const mark = Symbol("asked by the plugin itself");
  return {
    name: "sluice-sdk",
    setup(build) {
      // Files of one folder resolve a name alike.
      const known = new Map<string, Promise<OnResolveResult | null>>();
      build.onResolve({ filter: SDK }, async (asked) => {
        // What this or another plugin asks while it decides is esbuild's to answer.
        if (asked.pluginData !== undefined || asked.kind === "entry-point") return null;
        if (!INSIDE.test(asked.importer) && importsDefault(asked.importer, asked.path)) return null;
        const key = `${asked.resolveDir}\0${asked.path}\0${asked.kind}`;
        const found = known.get(key) ?? moduleOf(build, asked, mark);
        known.set(key, found);
        return found;
      });
    },
  };
}

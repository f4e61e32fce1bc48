import { dirname, relative } from "node:path";
import type { Plugin } from "esbuild";

const NAMESPACE = "sluice-addon";

/**
 * Lets ES modules import addons (`import x from "./x.node"`): Node.js loads them by `require` alone. The file itself is copied
 * beside the bundle by its loader.
 *
 * @param root - real path of the repository's root
 */
export function addonsPlugin(root: string): Plugin {
  const mark = Symbol("asked by the plugin itself");
  return {
    name: NAMESPACE,
    setup(build) {
      // Those who say by themselves how such files are read have their way.
      if (build.initialOptions.loader?.[".node"] !== "copy") return;
      build.onResolve(
        { filter: /\.node$/ },
        async ({ path, importer, namespace, resolveDir, kind, pluginData }) => {
          if (pluginData !== undefined || (kind !== "import-statement" && kind !== "dynamic-import"))
            return null;
          const found = await build.resolve(path, {
            importer,
            namespace,
            resolveDir,
            kind,
            pluginData: mark,
          });
          if (found.errors.length > 0 || found.external || found.namespace !== "file") return null;
          // Named from the root on, as the name gets into unminified code and maps.
          const name = relative(root, found.path).replaceAll("\\", "/");
          return { path: name, namespace: NAMESPACE, pluginData: found.path };
        },
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ pluginData }) => ({
        contents: `module.exports = require(${JSON.stringify(pluginData)});\n`,
        resolveDir: dirname(String(pluginData)),
        loader: "js",
      }));
    },
  };
}

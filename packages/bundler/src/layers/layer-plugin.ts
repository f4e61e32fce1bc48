import { extname, posix } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin } from "esbuild";
import { entryFile, isEsModule } from "../externals/entry-file.ts";
import { openInstallation } from "../externals/installation.ts";
import type { PackageManifest } from "../externals/manifest.ts";
import { packageName, patternsFilter, subpathOf } from "../externals/specifier.ts";
import type { NodeGroup } from "../node/options.ts";
import { LAYER_ROOT, type LayerContents, PACKAGES_FOLDER } from "./contents.ts";

/** Namespace of the small modules that stand in for a layer's. */
const NAMESPACE = "sluice-layer";

/** A file of a package, relative to its folder, as Node.js would load it. */
interface HeldFile {
  readonly path: string;
  readonly isEsModule: boolean;
}

/** What Node.js loads for an import; `null` when that is nothing, or no JavaScript. */
type Look = (isRequire: boolean) => HeldFile | null;

/**
 * The file that an import comes to at run time. In CommonJS bundles imports become `require`, so that the CommonJS side of a
 * package is taken where it has one.
 */
function fileOf(look: Look, kind: OnResolveArgs["kind"], format: "esm" | "cjs"): HeldFile | null {
  if (kind === "require-call" || kind === "require-resolve") return look(true);
  const required = format === "cjs" && kind === "import-statement" ? look(true) : null;
  return required ?? look(false);
}

/**
 * A module that stands in for the layer's where a plain import would mean something else than bundling: Node.js guesses the names
 * that CommonJS exports, and a `require` of an ES module gives its namespace as the default.
 */
function standInFor(
  path: string,
  file: HeldFile,
  kind: OnResolveArgs["kind"],
  format: "esm" | "cjs",
): string | null {
  const quoted = JSON.stringify(path);
  const isImport = kind === "import-statement" || kind === "dynamic-import";
  if (isImport && format === "esm" && !file.isEsModule) return `module.exports = require(${quoted});\n`;
  if (kind === "import-statement" && format === "cjs" && file.isEsModule) {
    return `export * from ${quoted};\nexport { default } from ${quoted};\n`;
  }
  return null;
}

function sideEffectsOf(manifest: PackageManifest): Pick<OnResolveResult, "sideEffects"> {
  return manifest.raw["sideEffects"] === false ? { sideEffects: false } : {};
}

/**
 * Leaves imports of packages that layers hold at the same version outside of the bundle, as absolute paths into `/opt`. NODE_PATH,
 * by which the runtimes find layers, works for `require` alone (Node.js, "ECMAScript modules", No NODE_PATH); an absolute path works
 * for `import` too, also of packages with top-level await. The path is that of Node.js's own rules, not of a bundler's: by these the
 * packages of a layer import each other.
 *
 * @param aliases - names that the user's own options lead elsewhere
 */
function layerPlugin(
  root: string,
  format: "esm" | "cjs",
  layers: readonly LayerContents[],
  aliases: readonly string[],
): Plugin {
  const held = layers.flatMap(({ packages }) => packages).filter(({ name }) => !aliases.includes(name));
  const { locate, reader } = openInstallation(root);
  const standIns = new Map<string, string>();
  const resolve = ({ path, resolveDir, kind }: OnResolveArgs): OnResolveResult | null => {
    const name = kind === "entry-point" || resolveDir === "" ? null : packageName(path);
    const located = name === null ? null : locate(resolveDir, name);
    const manifest = located === null ? null : reader.manifest(located.files);
    const same = held.find((each) => each.name === name && each.version === manifest?.version);
    if (name === null || located === null || manifest === null || same === undefined) return null;
    const look: Look = (isRequire) => {
      const found = entryFile(reader, located.files, manifest, subpathOf(path, name), isRequire);
      if (found === null || ![".js", ".mjs", ".cjs"].includes(extname(found))) return null;
      return { path: posix.normalize(found), isEsModule: isEsModule(reader, located.files, found) };
    };
    const file = fileOf(look, kind, format);
    if (file === null) return null;
    const target = posix.join(LAYER_ROOT, PACKAGES_FOLDER, same.place, file.path);
    const contents = standInFor(target, file, kind, format);
    if (contents === null) return { path: target, external: true, ...sideEffectsOf(manifest) };
    // By name and version, without node_modules: nothing of the package is in the bundle.
    const key = `${path}@${same.version}`;
    standIns.set(key, contents);
    return { path: key, namespace: NAMESPACE, ...sideEffectsOf(manifest) };
  };
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: patternsFilter(held.map(({ name }) => name)) }, resolve);
      build.onResolve({ filter: /^\//, namespace: NAMESPACE }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
        const contents = standIns.get(path);
        return contents === undefined ? null : { contents, resolveDir: root, loader: "js" };
      });
    },
  };
}

/** The plugin for a build, or none: its calls would be in vain. */
export function layerPlugins(
  root: string,
  { format, layers, esbuild }: Pick<NodeGroup, "format" | "layers" | "esbuild">,
): Plugin[] {
  if (layers.every(({ packages }) => packages.length === 0)) return [];
  return [layerPlugin(root, format, layers, Object.keys(esbuild.alias ?? {}))];
}

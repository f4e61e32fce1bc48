import type { OnResolveArgs, OnResolveResult, Plugin } from "esbuild";
import { entryFile, isEsModule } from "./entry-file.ts";
import { type Installation, type Located, packageFolderOf } from "./installation.ts";
import { mustStayOutside } from "./native.ts";
import { withoutVirtual } from "./package-reader.ts";
import type { Provision } from "./provision.ts";
import { packageName, patternsFilter, subpathOf } from "./specifier.ts";

/** Namespace of the small modules through which ES modules import copied CommonJS packages. */
export const EXTERNAL_NAMESPACE = "sluice-external";

/** What the plugin keeps out of a bundle. */
export interface OutsideRules {
  readonly installation: Installation;
  readonly format: "esm" | "cjs";
  readonly provision: Provision;
  /** Patterns of `external` and `provided`. */
  readonly patterns: readonly string[];
  /** Patterns of packages that are bundled all the same. */
  readonly bundled: readonly string[];
  /**
   * Names of packages that may have to stay outside by themselves. Each copy of them is looked at: the list is there to spare calls from
   * esbuild. `null`: every package is looked at, which takes longer than the build.
   */
  readonly suspects: ReadonlySet<string> | null;
}

export interface OutsidePlugin {
  readonly plugin: Plugin;
  /** Packages that were kept out by themselves, by the name that the import has. */
  readonly found: Set<string>;
  /** Stand-in → the package that it is for, with the folder. */
  readonly standIns: Map<string, { readonly name: string; readonly located: Located }>;
}

/** Names that look like a package's, for esbuild's filters: no paths, no `#imports`. */
const BARE = /^[^./#]/;

/**
 * Keeps packages out of the bundle: those that patterns name, and those that cannot be bundled. An ES module gets a CommonJS
 * package through `require`, as if it were bundled: Node.js would guess its named exports, and not find most of them.
 */
export function externalsPlugin(rules: OutsideRules): OutsidePlugin {
  const { installation, format, provision, suspects } = rules;
  const { reader } = installation;
  const found = new Set<string>();
  const standIns: OutsidePlugin["standIns"] = new Map();
  const named = patternsFilter(rules.patterns);
  const bundled = patternsFilter(rules.bundled);
  const seen = Symbol("seen");

  const leave = (args: OnResolveArgs, name: string, located: Located): OnResolveResult => {
    const isImport = args.kind === "import-statement" || args.kind === "dynamic-import";
    const manifest = reader.manifest(located.files);
    if (format === "cjs" || !isImport || manifest === null) return { path: args.path, external: true };
    const file = entryFile(reader, located.files, manifest, subpathOf(args.path, name), false);
    if (file === null || isEsModule(reader, located.files, file)) return { path: args.path, external: true };
    // Named by version, not by folder, as the name gets into unminified code and maps.
    const key = `${args.path}@${manifest.version ?? ""}`;
    standIns.set(key, { name, located });
    return { path: key, namespace: EXTERNAL_NAMESPACE, pluginData: args.path };
  };
  const byPattern = (args: OnResolveArgs): OnResolveResult | null => {
    const name = packageName(args.path);
    if (name === null || args.kind === "entry-point" || bundled.test(name)) return null;
    const located = args.resolveDir === "" ? null : installation.locate(args.resolveDir, name);
    if (located === null || provision.of(name) !== null) return { path: args.path, external: true };
    return leave(args, name, located);
  };
  return {
    found,
    standIns,
    plugin: {
      name: "sluice-externals",
      setup(build) {
        const byItself = async (args: OnResolveArgs): Promise<OnResolveResult | null> => {
          const name = packageName(args.path);
          if (name === null || args.pluginData === seen || args.kind === "entry-point") return null;
          if (suspects?.has(name) === false || bundled.test(name)) return null;
          const { path, importer, namespace, resolveDir, kind, with: attributes } = args;
          const asked = { importer, namespace, resolveDir, kind, with: attributes, pluginData: seen };
          const result = await build.resolve(path, asked);
          // What does not resolve, or is somebody else's by now, is left as it is.
          if (result.errors.length > 0 || result.external || result.namespace !== "file") return null;
          const folder = packageFolderOf(result.path);
          if (folder === null || !mustStayOutside(reader, withoutVirtual(folder))) return null;
          found.add(name);
          return leave(args, name, { folder, files: withoutVirtual(folder), place: null });
        };
        build.onResolve({ filter: /.*/, namespace: EXTERNAL_NAMESPACE }, ({ path }) => ({
          path,
          external: true,
        }));
        if (rules.patterns.length > 0) build.onResolve({ filter: named }, byPattern);
        if (suspects === null) build.onResolve({ filter: BARE }, byItself);
        else if (suspects.size > 0)
          build.onResolve({ filter: patternsFilter([...suspects].sort()) }, byItself);
        build.onLoad({ filter: /.*/, namespace: EXTERNAL_NAMESPACE }, ({ pluginData }) => ({
          contents: `module.exports = require(${JSON.stringify(pluginData)});\n`,
          loader: "js",
        }));
      },
    },
  };
}

/** Packages among a build's inputs that have to stay outside, by the names under which they are installed. */
export function wronglyBundled(
  installation: Installation,
  root: string,
  inputs: readonly string[],
  known: Map<string, boolean>,
): Set<string> {
  const names = new Set<string>();
  for (const input of inputs) {
    // An input of the root's own folder begins with its name.
    const at = packageFolderOf(`/${input}`)?.slice(1);
    if (at === undefined) continue;
    let isOutside = known.get(at);
    if (isOutside === undefined) {
      const folder = withoutVirtual(`${root}/${at}`);
      isOutside = mustStayOutside(installation.reader, folder);
      known.set(at, isOutside);
    }
    if (isOutside) names.add(at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length));
  }
  return names;
}

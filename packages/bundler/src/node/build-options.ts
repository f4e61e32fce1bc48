import type { BuildOptions, Loader, Plugin } from "esbuild";
import { outsidePatterns } from "../externals/specifier.ts";
import { layerPlugins } from "../layers/layer-plugin.ts";
import { addonsPlugin } from "./addons.ts";
import { COMPUTED } from "./computed.ts";
import { decoratorsPlugin } from "./decorators.ts";
import { globalsFor } from "./globals.ts";
import { optionalPackagesPlugin } from "./optional-packages.ts";
import { type EsbuildBuildOptions, mapStyle, type NodeGroup } from "./options.ts";
import { sdkPlugin } from "./sdk.ts";

/** Text files that code reads as strings, Wasm as bytes, native addons copied beside the code. */
const LOADERS: Readonly<Record<string, Loader>> = {
  ".bin": "binary",
  ".gql": "text",
  ".graphql": "text",
  ".hbs": "text",
  ".html": "text",
  ".md": "text",
  ".node": "copy",
  ".sql": "text",
  ".wasm": "binary",
};

/** Who says which of a package's builds to take, or how links are followed, is not corrected. */
function sdkPlugins(given: EsbuildBuildOptions): Plugin[] {
  return given.mainFields === undefined ? [sdkPlugin()] : [];
}

/** Packages that patterns name are left out by a plugin of ours; where some are bundled all the same, by that alone. */
function externalOf(external: readonly string[]): string[] {
  const outside = outsidePatterns(external);
  return outside.length === external.length ? outside : outside.filter((pattern) => /^[./]/.test(pattern));
}

/**
 * Options for one build of `group`, without entry points.
 *
 * @param root - real path of the repository's root
 * @param later - plugins that come behind the user's own
 */
export function buildOptions(
  root: string,
  group: NodeGroup,
  later: readonly Plugin[] = [],
): BuildOptions & { write: false; metafile: true } {
  const globals = globalsFor(group.format);
  const given = group.esbuild;
  return {
    target: group.target,
    minify: group.minify,
    // Names of classes are data: Lambda reports an error's class, and containers inject by it.
    keepNames: true,
    charset: "utf8",
    ...given,
    // Licence texts that must go along stand beside the code.
    legalComments: given.legalComments === "linked" ? "external" : (given.legalComments ?? "external"),
    // Sluice adds the map to the code by itself: it knows the file's name in the package, and adds lines before.
    sourcemap: mapStyle(group) === "none" ? false : "external",
    // It adds the repository's own texts to the map, too: those of packages are most of a zip, and no stack trace needs them.
    sourcesContent: given.sourcesContent ?? false,
    logOverride: { ...COMPUTED, ...given.logOverride },
    external: [...externalOf(group.external), ...group.provided, ...(given.external ?? [])],
    loader: { ...LOADERS, ...given.loader },
    define: { ...globals.define, ...given.define },
    inject: [...globals.inject, ...(given.inject ?? [])],
    // The user's come first: what they resolve or load is theirs.
    plugins: [
      globals.plugin,
      ...(given.plugins ?? []),
      ...layerPlugins(root, group),
      ...later,
      ...sdkPlugins(given),
      optionalPackagesPlugin(),
      addonsPlugin(root),
      decoratorsPlugin(root, given),
    ],
    format: group.format,
    platform: "node",
    absWorkingDir: root,
    // Outputs are only named, not written, here: so sources in maps are relative to the repository's root.
    outdir: root,
    allowOverwrite: true,
    bundle: true,
    write: false,
    metafile: true,
    logLevel: "silent",
  };
}

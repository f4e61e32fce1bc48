import type { ResolvedFunction } from "@sluice/core";
import type { BuildOptions, Loader, Plugin } from "esbuild";
import { esbuildOptionOwned } from "../errors.ts";
import type { LayerContents } from "../layers/contents.ts";
import { layerPlugins } from "../layers/layer-plugin.ts";
import { COMPUTED } from "./computed.ts";
import { decoratorsPlugin } from "./decorators.ts";
import { globalsFor } from "./globals.ts";
import { optionalPackagesPlugin } from "./optional-packages.ts";
import { sdkPlugin } from "./sdk.ts";

const KEYS = "It follows from the function's other keys";

type OwnedOption =
  | "absWorkingDir"
  | "allowOverwrite"
  | "bundle"
  | "entryNames"
  | "entryPoints"
  | "format"
  | "logLevel"
  | "metafile"
  | "outbase"
  | "outdir"
  | "outExtension"
  | "outfile"
  | "platform"
  | "splitting"
  | "stdin"
  | "write";

/** Options that Sluice decides, each with what to do instead. */
const OWNED: Readonly<Record<OwnedOption, string>> = {
  absWorkingDir: "It is the folder of the configuration file.",
  allowOverwrite: "Nothing is written where sources stand.",
  bundle: "A function is always bundled; leave packages out with external.",
  entryNames: `${KEYS}: set handler.`,
  entryPoints: `${KEYS}: set entry.`,
  format: 'Set format: "cjs" on the function instead.',
  logLevel: "Warnings are shown as notices, errors always.",
  metafile: "It is always kept in .sluice/cache.",
  outbase: `${KEYS}: set handler.`,
  outdir: `${KEYS}: set handler.`,
  outExtension: `${KEYS}: set format.`,
  outfile: `${KEYS}: set handler.`,
  platform: "Functions run on Node.js.",
  splitting: "Each function has one self-contained file.",
  stdin: `${KEYS}: set entry.`,
  write: "Outputs go into the deployment package.",
};

/** What a function's `esbuild` key takes: esbuild's options without those that Sluice owns. */
export type EsbuildBuildOptions = Omit<BuildOptions, OwnedOption>;

/** What functions must have in common to be built together. */
export interface NodeGroup {
  readonly format: "esm" | "cjs";
  readonly minify: boolean;
  readonly sourcemap: boolean | "beside";
  /** esbuild's spelling, as `node22`. */
  readonly target: string;
  readonly external: readonly string[];
  readonly provided: readonly string[];
  readonly layers: readonly LayerContents[];
  readonly esbuild: EsbuildBuildOptions;
}

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

/** Major version of a Node.js runtime identifier, or `null` for other runtimes. */
export function nodeMajor(runtime: string): number | null {
  const match = /^nodejs(\d+)\.x$/.exec(runtime);
  return match === null ? null : Number(match[1]);
}

/**
 * Reads off a function what decides how it is built.
 *
 * @throws `SLUICE_ESBUILD_OPTION_OWNED`
 */
export function nodeGroup(fn: ResolvedFunction, layers: readonly LayerContents[] = []): NodeGroup {
  for (const [key, instead] of Object.entries(OWNED)) {
    if (fn.esbuild[key] !== undefined) throw esbuildOptionOwned(fn.name, key, instead);
  }
  return {
    format: fn.format,
    minify: fn.minify,
    sourcemap: fn.sourcemap,
    target: fn.target ?? `node${nodeMajor(fn.runtime) ?? 22}`,
    external: fn.external,
    layers,
    provided: fn.provided,
    esbuild: fn.esbuild as EsbuildBuildOptions,
  };
}

/**
 * How the code and its map belong together, in esbuild's words; `none` for no map, `beside` for one that stands beside the zip.
 */
export type MapStyle = "linked" | "external" | "inline" | "both" | "none" | "beside";

export function mapStyle(group: NodeGroup): MapStyle {
  const wanted = group.esbuild.sourcemap ?? group.sourcemap;
  if (wanted === true) return "linked";
  return wanted === false ? "none" : wanted;
}

/** Who says which of a package's builds to take, or how links are followed, is not corrected. */
function sdkPlugins(given: EsbuildBuildOptions): Plugin[] {
  return given.mainFields === undefined ? [sdkPlugin()] : [];
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
    external: [...group.external, ...group.provided, ...(given.external ?? [])],
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

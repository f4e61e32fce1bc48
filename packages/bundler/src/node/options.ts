import type { OwnedEsbuildOption, ResolvedFunction, WithoutOwned } from "@sluice/core";
import type { BuildOptions } from "esbuild";
import { esbuildOptionOwned } from "../errors.ts";
import type { LayerContents } from "../layers/contents.ts";

const KEYS = "It follows from the function's other keys";

/** Options that Sluice decides, each with what to do instead. */
const OWNED: Readonly<Record<OwnedEsbuildOption, string>> = {
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
export type EsbuildBuildOptions = WithoutOwned<BuildOptions>;

declare module "@sluice/core" {
  interface EsbuildTypes {
    readonly options: WithoutOwned<BuildOptions>;
  }
}

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

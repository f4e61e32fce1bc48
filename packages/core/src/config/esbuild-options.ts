/** esbuild's options that follow from the other keys of a function, or are the same for all: nobody can give them. */
export type OwnedEsbuildOption =
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

/** esbuild's own `BuildOptions` without those that Sluice owns. */
export type WithoutOwned<BuildOptions> = Omit<BuildOptions, OwnedEsbuildOption> & {
  readonly [Key in OwnedEsbuildOption]?: never;
};

/**
 * What types the key `esbuild` of a configuration. This package does not depend on esbuild: whoever does, as `sluice` and
 * `@sluice/bundler`, adds its options.
 *
 * ```ts
 * declare module "@sluice/core" {
 *   interface EsbuildTypes {
 *     readonly options: WithoutOwned<BuildOptions>;
 *   }
 * }
 * ```
 */
export interface EsbuildTypes {
  readonly untyped: Readonly<Record<string, unknown>>;
}

/** Options and plugins handed to esbuild as they are. */
export type EsbuildOptions = EsbuildTypes extends { readonly options: infer Options }
  ? Options
  : EsbuildTypes["untyped"];

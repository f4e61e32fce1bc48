import type { Strategy, WithoutOwned } from "@sluice/core";
import type { BuildOptions } from "esbuild";

declare module "@sluice/core" {
  interface EsbuildTypes {
    readonly options: WithoutOwned<BuildOptions>;
  }
}

export type {
  Architecture,
  Artifact,
  BranchRule,
  BundleOptions,
  Change,
  Config,
  EnvironmentChoice,
  EnvironmentConfig,
  EsbuildOptions,
  Evidence,
  FunctionConfig,
  GitRef,
  LayerConfig,
  Manifest,
  Outcome,
  Plugin,
  Report,
  RunContext,
  Strategy,
  TargetReport,
} from "@sluice/core";
export { defineConfig, definePlugin } from "@sluice/core";

/** Options of {@link updateExisting}. */
export interface UpdateExistingOptions {
  /**
   * Write package version, commit and digest into each function version's description, not only the alias's. Takes one
   * call more, and publishing is then a step of its own.
   */
  readonly describeVersions?: boolean;
  /** How long to wait for a function to be ready, in seconds. Default 300. */
  readonly waitSeconds?: number;
  /** Read the state of many functions by ListFunctions where that takes fewer calls. Default `true`. */
  readonly listFunctions?: boolean;
}

/**
 * The default strategy: provisioning lives elsewhere; update code if and only if the named function exists. Needs no
 * `iam:PassRole` and never calls `UpdateFunctionConfiguration`.
 */
export function updateExisting(options: UpdateExistingOptions = {}): Strategy {
  const load = async (): Promise<Strategy> => (await import("@sluice/updater")).updateExisting(options);
  return {
    name: "update-existing",
    plan: async (input, context) => (await load()).plan(input, context),
    apply: async (input, context) => (await load()).apply(input, context),
  };
}

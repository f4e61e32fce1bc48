import type { ResolvedConfig, ResolvedEnvironment, ResolvedFunction } from "./config/resolved-types.ts";
import type { Config } from "./config/types.ts";
import type { RunContext } from "./context.ts";
import type { SluiceError } from "./problem.ts";
import type {
  Actor,
  Artifact,
  Change,
  EnvironmentChoice,
  Evidence,
  GitHistory,
  GitRef,
  Report,
  TargetReport,
} from "./vocabulary.ts";

type MaybePromise<T> = T | Promise<T>;

export interface EnvironmentInput {
  readonly ref: GitRef;
  readonly config: ResolvedConfig;
  /** npm semver of the function repository, `null` without a package.json that has one. */
  readonly packageVersion: string | null;
}

export interface BundleInput {
  readonly function: ResolvedFunction;
  /**
   * All functions of this run, the same array for each of its calls: a bundler that can build several in one go
   * groups by it.
   */
  readonly all: readonly ResolvedFunction[];
  readonly config: ResolvedConfig;
  readonly ref: GitRef | null;
  readonly packageVersion: string | null;
}

export interface GateInput {
  readonly config: ResolvedConfig;
  /** `null` for gates that a feature branch is tested against: there is no environment. */
  readonly environment: ResolvedEnvironment | null;
  readonly choice: EnvironmentChoice;
  readonly ref: GitRef;
  readonly artifacts: readonly Artifact[];
  readonly options: DeployOptions;
  /** Missing where nobody can ask git. */
  readonly history?: GitHistory;
  /** `deploy` when it is missing. */
  readonly command?: DeployCommand;
}

/** Options of `deploy` that plugins read. */
export interface DeployOptions {
  readonly requireExisting: boolean;
  readonly force: boolean;
  readonly allowDowngrade: boolean;
  readonly allowDirty: boolean;
  /** Moves aliases untested. */
  readonly skipTest?: boolean;
  /** Creates missing aliases, as `createAlias` of the environment. */
  readonly createAlias?: boolean;
  /** Instead of the environment's `keepVersions`. */
  readonly keepVersions?: number;
}

export interface PlanInput {
  readonly config: ResolvedConfig;
  readonly environment: ResolvedEnvironment;
  readonly ref: GitRef;
  readonly packageVersion: string | null;
  readonly artifacts: readonly Artifact[];
  readonly options: DeployOptions;
  /** Missing where nobody can ask git. */
  readonly history?: GitHistory;
  /** `deploy` when it is missing. */
  readonly command?: DeployCommand;
}

/** The commands that change targets. */
export type DeployCommand = "deploy" | "promote" | "rollback";

export interface ApplyInput extends PlanInput {
  /** Only this plugin's own changes. */
  readonly changes: readonly Change[];
  /** Rows of the plugins that applied theirs before, such as the layer versions that functions count on. */
  readonly done?: readonly TargetReport[];
  /** Who deploys; asked by whoever writes it down. */
  readonly actor?: () => Promise<Actor>;
}

/**
 * A plugin is a plain object with a name and optional phase hooks. What each phase's cardinality is, and whether it may
 * write, stands in {@link PHASES}.
 */
export interface Plugin {
  readonly name: string;
  /** Refines the configuration. In order; returns the next one or nothing. */
  config?(config: Config, context: RunContext): MaybePromise<Config | undefined>;
  /** First answer wins. */
  environment?(input: EnvironmentInput, context: RunContext): MaybePromise<EnvironmentChoice | undefined>;
  /** First answer wins, per function, concurrent. Writes to `.sluice/` alone. */
  bundle?(input: BundleInput, context: RunContext): MaybePromise<Artifact | undefined>;
  /** All, concurrent, per artifact. Writes beside the artifact alone. */
  attest?(
    input: { readonly artifact: Artifact; readonly config: ResolvedConfig },
    context: RunContext,
  ): MaybePromise<Evidence | undefined>;
  /** All, settled together. Returns refusals (or throws one); an empty list or nothing is a pass. */
  gate?(input: GateInput, context: RunContext): MaybePromise<readonly SluiceError[] | undefined>;
  /** All, concurrent. Reads alone. */
  plan?(input: PlanInput, context: RunContext): MaybePromise<readonly Change[] | undefined>;
  /** In strategy order. The only hook that may write remotely. */
  apply?(input: ApplyInput, context: RunContext): MaybePromise<readonly TargetReport[]>;
  /** All. Writes reports alone. */
  report?(report: Report, context: RunContext): MaybePromise<void>;
}

/** A plugin that owns how targets change: it plans and applies. */
export interface Strategy extends Plugin {
  plan(input: PlanInput, context: RunContext): MaybePromise<readonly Change[] | undefined>;
  apply(input: ApplyInput, context: RunContext): MaybePromise<readonly TargetReport[]>;
}

/** A typed identity for plugin authors. */
export function definePlugin<const P extends Plugin>(plugin: P): P {
  return plugin;
}

import type { RunContext } from "./context.ts";
import type { Plugin } from "./plugin.ts";
import { isSluiceError, type SluiceError, sluiceError } from "./problem.ts";

/** How the hooks of one phase are run. */
export type Cardinality =
  /** In plugin order, each given what the one before returned. */
  | "sequence"
  /** In plugin order until one answers. */
  | "first"
  /** All at once; the first failure ends the phase once every hook has settled. */
  | "all"
  /** All at once; every failure is collected. */
  | "settle";

export type PhaseName = Exclude<keyof Plugin, "name">;

export interface PhasePolicy {
  readonly cardinality: Cardinality;
  readonly writes: "none" | "local" | "remote";
}

/** The policy of every phase. A dry run is the same run without the phases that write remotely. */
export const PHASES: Readonly<Record<PhaseName, PhasePolicy>> = {
  config: { cardinality: "sequence", writes: "none" },
  environment: { cardinality: "first", writes: "none" },
  bundle: { cardinality: "first", writes: "local" },
  attest: { cardinality: "all", writes: "local" },
  gate: { cardinality: "settle", writes: "none" },
  plan: { cardinality: "all", writes: "none" },
  apply: { cardinality: "all", writes: "remote" },
  report: { cardinality: "settle", writes: "local" },
};

type Hook<N extends PhaseName> = NonNullable<Plugin[N]>;
type Input<N extends PhaseName> = Parameters<Hook<N>>[0];
type Answer<N extends PhaseName> = NonNullable<Awaited<ReturnType<Hook<N>>>>;

/** What a phase came to: the answers of the plugins that had one, and the failures of those that threw. */
export interface PhaseResult<N extends PhaseName> {
  readonly answers: readonly { readonly plugin: string; readonly value: Answer<N> }[];
  readonly failures: readonly { readonly plugin: string; readonly error: unknown }[];
}

interface Call<N extends PhaseName> {
  readonly plugin: string;
  readonly run: (input: Input<N>) => Promise<Answer<N> | undefined>;
}

type Runner = <N extends PhaseName>(calls: readonly Call<N>[], input: Input<N>) => Promise<PhaseResult<N>>;

const RUNNERS: Readonly<Record<Cardinality, Runner>> = {
  sequence: async (calls, input) => {
    let current = input;
    const answers = [];
    for (const { plugin, run } of calls) {
      const value = await run(current);
      if (value === undefined) continue;
      answers.push({ plugin, value });
      current = value as typeof input;
    }
    return { answers, failures: [] };
  },
  first: async (calls, input) => {
    for (const { plugin, run } of calls) {
      const value = await run(input);
      if (value !== undefined) return { answers: [{ plugin, value }], failures: [] };
    }
    return { answers: [], failures: [] };
  },
  all: async (calls, input) => {
    const result = await RUNNERS.settle(calls, input);
    const [failure] = result.failures;
    if (failure !== undefined) throw failure.error;
    return result;
  },
  settle: async <N extends PhaseName>(
    calls: readonly Call<N>[],
    input: Input<N>,
  ): Promise<PhaseResult<N>> => {
    const settled = await Promise.allSettled(calls.map(async ({ run }) => run(input)));
    const answers: { plugin: string; value: Answer<N> }[] = [];
    const failures: { plugin: string; error: unknown }[] = [];
    for (const [index, outcome] of settled.entries()) {
      const plugin = calls[index]?.plugin ?? "";
      if (outcome.status === "rejected") failures.push({ plugin, error: outcome.reason });
      else if (outcome.value !== undefined) answers.push({ plugin, value: outcome.value });
    }
    return { answers, failures };
  },
};

/** A plugin's hook threw what is no problem of Sluice's, or is no function. */
function pluginFailed(plugin: string, hook: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return sluiceError(
    {
      code: "SLUICE_PLUGIN_FAILED",
      kind: "usage",
      message: `The plugin ${plugin} failed in its hook \`${hook}\`: ${reason}`,
      where: `plugins: ${plugin}`,
      hint: "Mend the plugin; if it is one of Sluice's own, please report this with --log-level debug.",
    },
    cause,
  );
}

/** A plugin's hook gave something that its phase cannot take. */
export function pluginAnswer(plugin: string, hook: string, expected: string): SluiceError {
  return sluiceError({
    code: "SLUICE_PLUGIN_ANSWER",
    kind: hook === "gate" ? "refusal" : "usage",
    message: `The plugin ${plugin} answered in its hook \`${hook}\` with something else than ${expected}.`,
    where: `plugins: ${plugin}`,
    hint: "Mend the plugin: what cannot be understood is never taken for a yes.",
  });
}

/**
 * Runs one phase by its policy in {@link PHASES}. Plugins without the hook are passed over.
 *
 * @throws what a hook threw, except in phases that settle: there failures are part of the result
 */
export async function runPhase<N extends PhaseName>(
  name: N,
  plugins: readonly Plugin[],
  input: Input<N>,
  context: RunContext,
): Promise<PhaseResult<N>> {
  const calls: Call<N>[] = plugins.flatMap((plugin) => {
    const hook = plugin[name] as ((input: Input<N>, context: RunContext) => unknown) | undefined;
    if (hook === undefined) return [];
    const run = async (value: Input<N>): Promise<Answer<N> | undefined> => {
      try {
        return ((await hook.call(plugin, value, context)) ?? undefined) as Answer<N> | undefined;
      } catch (error) {
        throw isSluiceError(error) ? error : pluginFailed(plugin.name, name, error);
      }
    };
    return [{ plugin: plugin.name, run }];
  });
  return RUNNERS[PHASES[name].cardinality](calls, input);
}

/**
 * Turns the answers and failures of the gate phase into refusals. It fails closed: an answer that is no list of errors is a
 * refusal itself.
 */
export function refusalsOf(result: PhaseResult<"gate">): readonly SluiceError[] {
  const thrown = result.failures.map(({ plugin, error }) =>
    isSluiceError(error) ? error : pluginFailed(plugin, "gate", error),
  );
  const returned = result.answers.flatMap(({ plugin, value }) => {
    const valid = Array.isArray(value) && value.every(isSluiceError);
    return valid ? value : [pluginAnswer(plugin, "gate", "a list of errors made by sluiceError()")];
  });
  return [...returned, ...thrown];
}

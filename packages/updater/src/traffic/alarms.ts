import type { Aws } from "@sluice/aws";
import type { TargetRun } from "../apply/target-run.ts";
import { call } from "../call.ts";
import { alarmActive, alarmUnknown } from "./errors.ts";

type States = Awaited<ReturnType<Aws["alarms"]["states"]>>;

/** Milliseconds that an answer serves others too, before a rollout begins. */
const FRESH_MS = 2_500;

/** The alarms of an environment's `traffic`, with what stands in braces filled in. */
export function alarmNames({ target, input }: Pick<TargetRun, "target" | "input">): readonly string[] {
  const { traffic, name } = input.environment;
  if (traffic?.kind !== "steps") return [];
  return traffic.alarms.map((alarm) => filledIn(alarm, target, name));
}

/** A name with `{function}`, `{target}` and `{environment}` filled in; of an ARN `{target}` is the name. */
export function filledIn(template: string, target: TargetRun["target"], environment: string): string {
  return template
    .replaceAll("{function}", target.function)
    .replaceAll("{target}", target.target.split(":").at(-1) ?? target.target)
    .replaceAll("{environment}", environment);
}

interface Reading {
  readonly asked: ReadonlySet<string>;
  readonly states: Promise<States>;
  pending: boolean;
  /** Milliseconds since the epoch; of one that failed, long ago. */
  begunAt: number;
}

interface Watch {
  readonly names: Set<string>;
  latest: Reading | null;
}

/** One for all rollouts of an account and region: hundreds of them ask for their alarms together, a hundred in a call. */
const watches = new WeakMap<Aws, Watch>();

/**
 * The states of alarms, not older than `freshness` milliseconds; those that do not exist are missing. Who comes while a reading is under way takes its
 * answer, or waits for the next one, which is for all who wait.
 */
async function alarmStates(run: TargetRun, names: readonly string[], freshness: number): Promise<States> {
  const watch = watches.get(run.aws) ?? { names: new Set(), latest: null };
  watches.set(run.aws, watch);
  for (const name of names) watch.names.add(name);
  for (;;) {
    const { latest } = watch;
    const covers = latest !== null && names.every((name) => latest.asked.has(name));
    const isFresh = latest !== null && run.context.now() - latest.begunAt <= freshness;
    if (latest !== null && covers && (latest.pending || isFresh)) return latest.states;
    if (latest?.pending === true) await latest.states.catch(() => undefined);
    else watch.latest = read(run, new Set(watch.names));
  }
}

function read(run: TargetRun, asked: ReadonlySet<string>): Reading {
  const states = call(run, "DescribeAlarms", (_lambda, calls) => run.aws.alarms.states([...asked], calls));
  const reading: Reading = { asked, states, pending: true, begunAt: run.context.now() };
  const settle = (): void => {
    reading.pending = false;
  };
  states.then(settle, () => {
    settle();
    reading.begunAt = Number.NEGATIVE_INFINITY;
  });
  return reading;
}

/** Alarms in ALARM, and those that are not there. */
export async function alarmed(
  run: TargetRun,
  freshness: number,
): Promise<{ readonly active: readonly string[]; readonly unknown: readonly string[] }> {
  const names = alarmNames(run);
  if (names.length === 0) return { active: [], unknown: [] };
  const states = await alarmStates(run, names, freshness);
  return {
    active: names.filter((name) => states.get(name) === "ALARM"),
    unknown: names.filter((name) => !states.has(name)),
  };
}

/**
 * Makes sure that a rollout can be watched, and that nothing is wrong before it.
 *
 * @throws SLUICE_ALARM_UNKNOWN, SLUICE_ALARM_ACTIVE
 */
export async function checkAlarms(run: TargetRun): Promise<void> {
  const { active, unknown } = await alarmed(run, FRESH_MS);
  if (unknown.length > 0) throw alarmUnknown(run.target, unknown, run.input.environment.name);
  if (active.length > 0) throw alarmActive(run.target, active);
}

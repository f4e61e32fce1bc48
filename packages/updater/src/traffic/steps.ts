import type { ResolvedTraffic } from "@sluice/core";
import { move } from "../apply/move-alias.ts";
import { type Landed, type TargetRun, updatedTo } from "../apply/target-run.ts";
import { runTests } from "../function-test/run-tests.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { checkAlarms } from "./alarms.ts";
import { aliasConflict, isMovable, isThere, writeAlias } from "./alias.ts";
import { hasWeights } from "./alias-state.ts";
import { bake } from "./bake.ts";
import { freeAlias } from "./clear-the-way.ts";
import { rolloutOf, weightsOf, withRollout } from "./rollout.ts";
import { recover, type Sign, turnBack } from "./turn-back.ts";

export type Steps = Extract<ResolvedTraffic, { kind: "steps" }>;

/** A rollout under way. */
export interface Walk {
  readonly run: TargetRun;
  readonly version: string;
  readonly traffic: Steps;
  /** The alias before the first step of this run. */
  readonly first: ObservedAlias;
}

/** How far a rollout is. */
export interface Stand {
  /** The alias after this run's last change of it. */
  alias: ObservedAlias;
  percent: number;
}

/**
 * Brings the calls of an alias over to a function version in steps: each share stays for the pause, while alarms are watched, and is
 * followed by the tests; then the alias is moved. At the first bad sign all calls go back to where they came from.
 *
 * Each step is one UpdateAlias, guarded by the RevisionId of the one before: who else changes the alias meanwhile keeps what they
 * set, and this run says `conflict`. A rollout of the same version that a killed run left is gone on with at its step.
 *
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_ALARM_UNKNOWN, SLUICE_ALARM_ACTIVE, SLUICE_ALIAS_WEIGHTED, SLUICE_ALIAS_VANISHED, and
 * SLUICE_ROLLOUT_UNFINISHED when the alias could not be brought back
 */
export async function rollOut(run: TargetRun, version: string, traffic: Steps): Promise<Landed> {
  const first = await freeAlias(run, version);
  if (first.version === version && !hasWeights(first)) return updatedTo(version, "");
  if (!(await isMovable(run, first, version))) throw aliasConflict(run, first);
  const reason = await reasonForOnce(run, first);
  if (reason === null) return walk({ run, version, traffic, first });
  const { target, context } = run;
  const message = `${target.target} in ${target.region}: ${reason}. There is nothing to roll out, and the alias is moved at once.`;
  context.emit({ type: "notice", message });
  await move(run, version, first);
  return updatedTo(version, reason);
}

/**
 * Why there is nothing that callers could keep until the new version has proved itself; `null` when there is. Weights need a function
 * version on both sides: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 */
export async function reasonForOnce(run: TargetRun, { version }: ObservedAlias): Promise<string | null> {
  const alias = `alias ${run.target.alias} stood on`;
  if (version === "$LATEST") return `${alias} $LATEST, which has had the new code since it was updated`;
  return (await isThere(run, version)) ? null : `${alias} version ${version}, which does not exist`;
}

async function walk(rollout: Walk): Promise<Landed> {
  const { run, version, first } = rollout;
  const stand: Stand = { alias: first, percent: rolloutOf(first.description, first.weights)?.percent ?? 0 };
  let sign: Sign | null;
  try {
    sign = await firstBadSign(rollout, stand);
    if (sign === null) {
      await move(run, version, stand.alias);
      return updatedTo(version, "");
    }
  } catch (error) {
    return recover(rollout, stand, error);
  }
  return turnBack(rollout, stand, sign);
}

/** Goes step by step, until something speaks against the version; `null` when nothing did. */
async function firstBadSign(rollout: Walk, stand: Stand): Promise<Sign | null> {
  const { run, traffic } = rollout;
  const begun = stand.percent;
  await checkAlarms(run);
  run.context.signal.throwIfAborted();
  for (const percent of traffic.steps.filter((each) => each >= begun)) {
    await step(rollout, stand, percent);
    const sign = (await bake(rollout, percent)) ?? (await failedTest(rollout));
    if (sign !== null) return sign;
  }
  return null;
}

async function step({ run, version, first }: Walk, stand: Stand, percent: number): Promise<void> {
  if (percent === stand.percent && hasWeights(stand.alias)) return;
  run.step(`sending ${percent} % of the calls to ${version}`);
  stand.alias = await writeAlias(run, stand.alias, {
    version: first.version,
    weights: weightsOf({ version, percent }),
    description: withRollout(first.description, { version, percent }),
  });
  stand.percent = percent;
}

async function failedTest({ run, version, traffic }: Walk): Promise<Sign | null> {
  run.context.signal.throwIfAborted();
  const tests = run.input.options.skipTest === true ? [] : (traffic.tests ?? run.tests);
  const failure = await runTests(run, version, tests);
  run.context.signal.throwIfAborted();
  if (failure === null) return null;
  return { kind: "bad", says: failure.problem.message, hint: failure.problem.hint };
}

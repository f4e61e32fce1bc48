import { idly, type TargetRun } from "../apply/target-run.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { checkAlarms } from "./alarms.ts";
import { type AliasRun, getAlias, writeAlias } from "./alias.ts";
import { hasWeights, sharesOf } from "./alias-state.ts";
import { aliasWeighted } from "./errors.ts";
import { decideRollout, rolloutOf, withoutRollout } from "./rollout.ts";

/** Milliseconds between looks at weights that are waited for: CodeDeploy's go within minutes. */
const WEIGHTS_POLL = { first: 1_000, factor: 1.5, longest: 10_000 } as const;

/**
 * Before anything is written: takes back a rollout of Sluice's that was of other code, so that a version which nobody watches has no
 * callers, waits for weights that others set, and makes sure that a rollout can be watched. Without alarms it costs nothing where
 * `plan` saw no weights.
 *
 * @throws SLUICE_ALIAS_WEIGHTED, SLUICE_TARGET_CONFLICT, SLUICE_ALARM_UNKNOWN, SLUICE_ALARM_ACTIVE
 */
export async function clearTheWay(run: TargetRun): Promise<void> {
  const { alias, published, aliasExists } = run.seen;
  const { kind } = decideRollout(alias, published);
  // One that goes on looks at its alarms itself: it has something to take back.
  if (kind === "resume") return;
  if (alias !== null && kind === "undo") await undoRollout(run, alias);
  if (alias !== null && kind === "wait" && !mayBeOurs(run)) await freeAlias(run, published ?? alias.version);
  if (aliasExists) await checkAlarms(run);
}

/** Weights that CodeDeploy set for the version to deliver may be of a deployment that an earlier run began. */
function mayBeOurs({ seen: { alias, published }, input }: TargetRun): boolean {
  const byCodeDeploy = input.environment.traffic?.kind === "codeDeploy";
  return byCodeDeploy && published !== null && Object.hasOwn(alias?.weights ?? {}, published);
}

/** Takes away the weights and the mark of a rollout of Sluice's: all calls go to the alias's own function version. */
export async function undoRollout(run: AliasRun, alias: ObservedAlias): Promise<ObservedAlias> {
  run.step(`taking back the rollout of ${Object.keys(alias.weights).join(", ")}`);
  const description = withoutRollout(alias.description);
  return writeAlias(run, alias, { version: alias.version, weights: {}, description });
}

/**
 * The alias as soon as it has no weights but Sluice's own: at once, or when CodeDeploy has taken away its.
 *
 * @param ready - the function version that is waiting for the alias, for the error
 * @throws SLUICE_ALIAS_WEIGHTED after `waitSeconds`; the signal's reason when the run is cancelled
 */
export async function freeAlias(
  run: AliasRun & Pick<TargetRun, "idle">,
  ready: string,
): Promise<ObservedAlias> {
  const { context, settings, target } = run;
  const deadline = context.now() + settings.waitMilliseconds;
  let pause: number = WEIGHTS_POLL.first;
  for (;;) {
    const alias = await getAlias(run, ready);
    if (!hasWeights(alias) || rolloutOf(alias.description, alias.weights) !== null) return alias;
    const left = deadline - context.now();
    if (left <= 0) throw aliasWeighted(target, alias.weights, settings.waitMilliseconds / 1_000);
    const until = `alias ${target.alias} sends no more ${sharesOf(alias.weights)}`;
    if (pause === WEIGHTS_POLL.first) {
      const longest = `${settings.waitMilliseconds / 1_000} s at most`;
      const message = `${target.target} in ${target.region}: waits until ${until}, ${longest}.`;
      context.emit({ type: "notice", message });
    }
    run.step(`waiting until ${until}`);
    const rest = Math.min(pause, left);
    await idly(run, () => context.sleep(rest));
    pause = Math.min(pause * WEIGHTS_POLL.factor, WEIGHTS_POLL.longest);
  }
}

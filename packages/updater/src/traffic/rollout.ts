import type { Weights } from "../apply/weights.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { hasWeights, sharesOf } from "./alias-state.ts";

/** A rollout of Sluice's, as an alias shows it. */
export interface Rollout {
  /** Function version that calls go over to. */
  readonly version: string;
  /** Its share of the calls: above 0, below 100. */
  readonly percent: number;
}

/** AWS's limit for the description of an alias. */
const LONGEST = 256;

const MARK = /(?:^| · )rollout (\d+) (\d+(?:\.\d+)?)%$/;

/** An alias's description during a rollout: what it was, and ` · rollout <version> <percent>%`. At most 256 characters. */
export function withRollout(description: string, { version, percent }: Rollout): string {
  const mark = `rollout ${version} ${percent}%`;
  const before = withoutRollout(description);
  const room = LONGEST - mark.length - 3;
  const kept = before.length <= room ? before : `${before.slice(0, room - 1)}…`;
  return kept === "" ? mark : `${kept} · ${mark}`;
}

/** The description without that mark. */
export function withoutRollout(description: string): string {
  return description.replace(MARK, "");
}

/** The weights of a rollout, as UpdateAlias takes them. */
export function weightsOf({ version, percent }: Rollout): Weights {
  return { [version]: Math.round(percent * 1_000) / 100_000 };
}

/**
 * The rollout that an alias is in the midst of; `null` when it has no weights, or somebody else's. The description's mark alone
 * does not do: who sets weights by hand or by CodeDeploy leaves the description as it was.
 */
export function rolloutOf(description: string, weights: Weights): Rollout | null {
  const [, version, percent] = MARK.exec(description) ?? [];
  const [only, ...more] = Object.entries(weights);
  if (version === undefined || only === undefined || more.length > 0 || only[0] !== version) return null;
  return Math.abs(only[1] * 100 - Number(percent)) < 0.01 ? { version, percent: Number(percent) } : null;
}

/** What a deployment does about the weights that its alias has. */
export type RolloutDecision =
  | { readonly kind: "none" }
  /** Sluice's own, of the code that is to be delivered: goes on where it stands. */
  | { readonly kind: "resume"; readonly rollout: Rollout; readonly reason: string }
  /** Sluice's own, of other code: its version loses its calls before anything else is done. */
  | { readonly kind: "undo"; readonly rollout: Rollout; readonly reason: string }
  /** CodeDeploy's or a hand's: they are waited for, and never overwritten. */
  | { readonly kind: "wait"; readonly weights: Weights; readonly reason: string };

/**
 * Decides what is done about the weights of an alias, of which a run that was killed, CodeDeploy or a hand may have left some.
 *
 * @param alias - `null` when it is not there or was not read
 * @param wanted - the function version that has the code to deliver; `null` when none is published, or `--force` wants another
 */
export function decideRollout(
  alias: Pick<ObservedAlias, "weights" | "description"> | null,
  wanted: string | null,
): RolloutDecision {
  if (alias === null || !hasWeights(alias)) return { kind: "none" };
  const rollout = rolloutOf(alias.description, alias.weights);
  if (rollout === null) {
    const reason = `waits until the alias sends no more ${sharesOf(alias.weights)}: weights that Sluice did not set`;
    return { kind: "wait", weights: alias.weights, reason };
  }
  const stands = `the rollout of ${rollout.version} stands at ${rollout.percent} %`;
  return rollout.version === wanted
    ? { kind: "resume", rollout, reason: `${stands}: it goes on` }
    : { kind: "undo", rollout, reason: `${stands}: it is undone first` };
}

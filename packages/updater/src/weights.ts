import type { TargetRun } from "./target-run.ts";

/** Function version → its share of the alias's calls, above 0 and at most 1: AdditionalVersionWeights of an alias. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Weights of an alias outlive the move of its main function version, and calls go on to reach others. They are whoever's who
 * set them (CodeDeploy, provisioning, a hand): none is sent, and none is a conflict, as they say nothing about another run. But
 * it is said that the new version does not get all calls.
 *
 * @returns the row's reason, empty without weights
 */
export function noteWeights({ context, target }: TargetRun, weights: Weights): string {
  const shares = Object.entries(weights).map(
    ([version, weight]) => `${Math.round(weight * 1_000) / 10} % of its calls to version ${version}`,
  );
  if (shares.length === 0) return "";
  const reason = `alias ${target.alias} still sends ${shares.join(" and ")}`;
  const message = `${target.target} in ${target.region}: ${reason}. These weights were set by CodeDeploy, by provisioning or by hand, and are left to whoever set them.`;
  context.emit({ type: "notice", message });
  return reason;
}

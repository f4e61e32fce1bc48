import { sharesOf } from "../traffic/alias-state.ts";
import type { TargetRun } from "./target-run.ts";

/** Function version → its share of the alias's calls, above 0 and at most 1: AdditionalVersionWeights of an alias. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Weights of an alias outlive the move of its main function version, and calls go on to reach others. Where nothing gave a reason to
 * read the alias before it was moved, they are seen in the answer alone. They are whoever's who set them (CodeDeploy,
 * provisioning, a hand): they stay, and are no conflict. But it is said that the new version does not get all calls.
 *
 * @returns the row's reason, empty without weights
 */
export function noteWeights(
  { context, target }: Pick<TargetRun, "context" | "target">,
  weights: Weights,
): string {
  const shares = sharesOf(weights);
  if (shares === "") return "";
  const reason = `alias ${target.alias} still sends ${shares}`;
  const message = `${target.target} in ${target.region}: ${reason}. These weights were set by CodeDeploy, by provisioning or by hand, and are left to whoever set them.`;
  context.emit({ type: "notice", message });
  return reason;
}

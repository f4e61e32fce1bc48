import type { Change, PlanInput, ResolvedTraffic } from "@sluice/core";

type Noted = Pick<Change, "action" | "reason" | "target"> & {
  readonly state: { readonly aliasExists: boolean };
};

/** Adds to a change's reason how its calls go over to the new version. */
export function withTrafficNote<C extends Noted>(
  change: C,
  { environment }: Pick<PlanInput, "environment">,
): C {
  const { traffic } = environment;
  const moves = change.action === "update" || change.action === "move-alias";
  if (!moves || traffic === null || !change.state.aliasExists) return change;
  return { ...change, reason: `${change.reason}; ${trafficNote(traffic)}` };
}

function trafficNote(traffic: ResolvedTraffic): string {
  if (traffic.kind === "codeDeploy") return "by CodeDeploy";
  const { steps, pauseSeconds } = traffic;
  const shares = steps.length > 4 ? [steps[0], steps[1], "…", steps.at(-1)] : steps;
  const each = steps.length > 1 ? " each" : "";
  return `${shares.join(", ")} % of the calls for ${span(pauseSeconds)}${each} first`;
}

/** As `90 s` or `10 min`. */
export function span(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

import { type Landed, type TargetRun, updatedTo } from "../apply/target-run.ts";
import { undoRollout } from "./clear-the-way.ts";
import { findUnderWay, groupOf, stopDeployment } from "./code-deploy-deployments.ts";
import { decideRollout } from "./rollout.ts";

/** Ends the rollout of a version that an earlier run began, and that does not pass its test now. */
export async function endRollout(run: TargetRun, version: string): Promise<void> {
  const { alias } = run.seen;
  if (alias !== null && decideRollout(alias, version).kind === "resume") await undoRollout(run, alias);
  const { traffic } = run.input.environment;
  if (traffic?.kind !== "codeDeploy") return;
  const begun = await findUnderWay(run, groupOf(run, traffic), version);
  if (begun !== null) await stopDeployment(run, begun);
}

/** Takes back a rollout of other code from an alias that stands on the right one already. */
export async function takeBack(run: TargetRun): Promise<Landed> {
  const { alias } = run.seen;
  if (alias !== null && decideRollout(alias, null).kind === "undo") await undoRollout(run, alias);
  return updatedTo(run.previousVersion, "");
}

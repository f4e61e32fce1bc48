import { rejected, runTests } from "../function-test/run-tests.ts";
import { deployByCodeDeploy } from "../traffic/code-deploy.ts";
import { createAlias, wantsAlias } from "../traffic/create-alias.ts";
import { endRollout } from "../traffic/end-rollout.ts";
import { rollOut } from "../traffic/steps.ts";
import { moveAlias } from "./move-alias.ts";
import { type Landed, type TargetRun, updatedTo } from "./target-run.ts";

/**
 * Lets callers have a function version that is ready: tests it, brings its traffic over where the environment has steps for
 * it, and moves the target's alias.
 *
 * @param sentAt - when the code was sent; `null` when it was found there
 */
export async function release(run: TargetRun, version: string, sentAt: number | null): Promise<Landed> {
  const failure = await runTests(run, version);
  if (failure !== null) {
    await endRollout(run, version);
    return rejected(run, version, failure);
  }
  return letThrough(run, version, sentAt);
}

/** Without an alias, callers have had the code since it was updated. */
async function letThrough(run: TargetRun, version: string, sentAt: number | null): Promise<Landed> {
  if (!run.seen.aliasExists) return wantsAlias(run) ? createAlias(run, version) : updatedTo(version, "");
  const { traffic } = run.input.environment;
  if (traffic?.kind === "steps") return rollOut(run, version, traffic);
  if (traffic?.kind === "codeDeploy") return deployByCodeDeploy(run, version, traffic);
  return moveAlias(run, version, sentAt);
}

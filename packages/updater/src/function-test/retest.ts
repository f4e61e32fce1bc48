import type { Aws, CallCounter } from "@sluice/aws";
import type { PlanInput, RunContext } from "@sluice/core";
import { deploymentsOf } from "../code/package-code.ts";
import type { UpdateChange } from "../plan/plan.ts";
import { recordPlace } from "../records/record-place.ts";
import { testsOf } from "./tests-of.ts";

/** Records that are looked through for the last word on what callers have. */
const LOOKED_AT = 5;

type Planned = Pick<UpdateChange, "action" | "target" | "artifact" | "state">;

/**
 * Without an alias callers have code that did not pass its test, and nothing at AWS shows it: the record does. Then the code is tested
 * again rather than called unchanged. One read of the store, and only where there is no alias and something to test.
 *
 * @returns what is to be done instead, nothing when it has passed or nobody knows
 */
export async function retestOf(
  { input, context, aws }: { readonly input: PlanInput; readonly context: RunContext; readonly aws: Aws },
  { action, target, artifact, state }: Planned,
  calls: CallCounter,
): Promise<Partial<Pick<UpdateChange, "action" | "reason">>> {
  const isLive = action === "none" && !state.aliasExists && state.latest !== null && artifact !== null;
  if (!isLive || testsOf(input, target.function).length === 0) return {};
  const deployments = deploymentsOf(input, aws, calls);
  if (deployments === null) return {};
  try {
    const records = await deployments.list(recordPlace(input.environment, target), LOOKED_AT);
    const last = records.find(({ outcome }) => outcome === "live" || outcome === "rejected");
    if (last?.outcome !== "rejected" || last.digest !== artifact.manifest.digest) return {};
    return { action: "move-alias", reason: "this code is live and did not pass its test" };
  } catch (error) {
    context.log.debug(`${target.target}: its records could not be read: ${(error as Error).message}`);
    return {};
  }
}

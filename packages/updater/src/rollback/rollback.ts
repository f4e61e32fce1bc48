import { openAws, resolveRegions } from "@sluice/aws";
import type { Strategy } from "@sluice/core";
import { type Door, settle } from "../settings.ts";
import { applyRollback } from "./apply-rollback.ts";
import { planRollback, ROLLBACK, type RollbackOptions } from "./plan-rollback.ts";

/**
 * The strategy that brings back what callers had before: moves aliases back to their recorded predecessors, a function version or
 * a digest; where there is no alias, or no such version any more, deploys older code again from the store. Builds nothing, tests
 * nothing, moves all calls at once.
 *
 * @param door - another way to AWS, for tests
 */
export function rollback(options: RollbackOptions, door: Door = { openAws, resolveRegions }): Strategy {
  const settings = settle({}, door);
  return {
    name: ROLLBACK,
    plan: (input, context) => planRollback(input, context, settings, options),
    apply: (input, context) => applyRollback(input, context, settings),
  };
}

import { openAws, resolveRegions } from "@sluice/aws";
import type { Strategy } from "@sluice/core";
import { apply } from "./apply/apply.ts";
import { plan, STRATEGY } from "./plan/plan.ts";
import { type Door, settle, type UpdateExistingOptions } from "./settings.ts";

/**
 * The default strategy: provisioning lives elsewhere; a function's code is updated if, and only if, the function exists.
 * Never creates one and never changes a configuration.
 *
 * @param door - another way to AWS, for tests
 * @throws SLUICE_STRATEGY_OPTION_INVALID
 */
export function updateExisting(
  options: UpdateExistingOptions = {},
  door: Door = { openAws, resolveRegions },
): Strategy {
  const settings = settle(options, door);
  return {
    name: STRATEGY,
    plan: (input, context) => plan(input, context, settings),
    apply: (input, context) => apply(input, context, settings),
  };
}

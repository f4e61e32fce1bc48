import type { ResolvedEnvironment, Target } from "@sluice/core";
import { locate, placeOf, targetName } from "../plan/names.ts";

/**
 * Functions by their names in the configuration, as targets of an environment's region.
 *
 * @param branch - for name templates with `{branch}`
 * @throws SLUICE_NAME_…, SLUICE_TARGET_…
 */
export function askedTargets(
  environment: ResolvedEnvironment,
  region: string,
  functions: readonly string[],
  branch: string | null,
): readonly Target[] {
  return functions.map((name) => {
    const draft = {
      function: name,
      target: targetName(environment, name, branch),
      region,
      account: environment.account,
      alias: environment.alias,
    };
    return { ...draft, account: locate(draft, placeOf(environment)).account };
  });
}

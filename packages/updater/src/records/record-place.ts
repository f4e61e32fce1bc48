import type { RecordPlace } from "@sluice/artifact";
import type { ResolvedEnvironment, Target } from "@sluice/core";

/** Whose records a target's are. A target that the configuration names by its ARN has those of the name in it. */
export function recordPlace(
  { name: environment }: Pick<ResolvedEnvironment, "name">,
  { target, region }: Pick<Target, "target" | "region">,
): RecordPlace {
  return { environment, target: target.split(":").at(-1) ?? target, region };
}

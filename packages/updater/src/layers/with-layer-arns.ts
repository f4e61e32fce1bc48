import type { TargetReport } from "@sluice/core";
import type { UpdateChange } from "../plan/plan.ts";
import { layerNotAttached } from "./errors.ts";
import { rowName } from "./layer-name.ts";

/**
 * A change that waits for layers to be attached, with the ARNs of versions that this run has published since it was planned.
 *
 * @param done - rows of what was applied before
 */
export function withLayerArns(change: UpdateChange, done: readonly TargetReport[]): UpdateChange {
  const missing = change.state?.missingLayers ?? [];
  if (change.action !== "fail" || missing.length === 0) return change;
  const known = missing.map((one) => {
    const row = done.find(
      ({ function: name, region }) => name === rowName(one.layer) && region === change.target.region,
    );
    return { ...one, arn: row?.arn ?? one.arn };
  });
  const [error] = layerNotAttached(change.target, known).problems;
  return { ...change, error, reason: error.message };
}

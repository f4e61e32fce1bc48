import { isSluiceError, type SluiceError } from "@sluice/core";
import type { Landed, TargetRun } from "../apply/target-run.ts";
import { isInterruption } from "../call.ts";
import { type Deployed, deployedBy } from "./deployed.ts";
import { askAhead, type RecordedEnd, recordDeployment } from "./record-deployment.ts";

/** What a target came to, as its record says; `null` when nothing was written to it. */
function endOf({ outcome, version, rejectedVersion, reason, error }: Landed): RecordedEnd | null {
  if (outcome === "updated") return { outcome: "live", version, reason };
  const why = error?.message ?? reason;
  if (rejectedVersion !== undefined) return { outcome: "rejected", version: rejectedVersion, reason: why };
  return outcome === "failed" || outcome === "conflict" ? { outcome, version: null, reason: why } : null;
}

/** Records what became of a target. */
async function recordTarget(run: TargetRun, deployed: Deployed, landed: Landed): Promise<void> {
  const end = endOf(landed);
  if (end === null || (end.outcome !== "live" && end.outcome !== "rejected" && !run.trace.written)) return;
  await recordDeployment(deployed, end);
}

/**
 * Carries out work on a target, and records what became of it, a failure in the midst of it too.
 *
 * @param plan - `currentCodeSha256` is what callers had before, base64
 */
export async function recorded(
  run: TargetRun,
  plan: { readonly currentCodeSha256: string | null; readonly reason: string },
  work: () => Promise<Landed>,
): Promise<Landed> {
  const { currentCodeSha256, reason } = plan;
  // A rollout takes so long that others may write records meanwhile.
  const before = run.input.environment.traffic === null ? askAhead(run) : undefined;
  const deployed = { ...deployedBy(run, currentCodeSha256), ...(before === undefined ? {} : { before }) };
  try {
    const landed = await work();
    await recordTarget(run, deployed, { ...landed, reason: landed.reason || reason });
    return landed;
  } catch (error) {
    if (isSluiceError(error)) await recordTarget(run, deployed, failed(error));
    throw error;
  }
}

function failed(error: SluiceError): Landed {
  const isConflict = error.code === "SLUICE_TARGET_CONFLICT";
  const reason = isInterruption(error) ? "interrupted" : error.message;
  return { outcome: isConflict ? "conflict" : "failed", version: null, reason, error: error.problems[0] };
}

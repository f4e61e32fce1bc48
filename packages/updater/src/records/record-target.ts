import { isSluiceError, type SluiceError } from "@sluice/core";
import { isInterruption } from "../call.ts";
import type { Landed, TargetRun } from "../target-run.ts";
import { deployedBy } from "./deployed.ts";
import { type RecordedEnd, recordDeployment } from "./record-deployment.ts";

/** What a target came to, as its record says; `null` when nothing was written to it. */
function endOf({ outcome, version, rejectedVersion, reason, error }: Landed): RecordedEnd | null {
  if (outcome === "updated") return { outcome: "live", version, reason };
  const why = error?.message ?? reason;
  if (rejectedVersion !== undefined) return { outcome: "rejected", version: rejectedVersion, reason: why };
  return outcome === "failed" || outcome === "conflict" ? { outcome, version: null, reason: why } : null;
}

/**
 * Records what became of a target.
 *
 * @param currentCodeSha256 - what callers had before, base64
 */
async function recordTarget(run: TargetRun, landed: Landed, currentCodeSha256: string | null): Promise<void> {
  const end = endOf(landed);
  if (end === null || (end.outcome !== "live" && end.outcome !== "rejected" && !run.trace.written)) return;
  await recordDeployment(deployedBy(run, currentCodeSha256), end);
}

/** Carries out work on a target, and records what became of it, a failure in the midst of it too. */
export async function recorded(
  run: TargetRun,
  plan: { readonly currentCodeSha256: string | null; readonly reason: string },
  work: () => Promise<Landed>,
): Promise<Landed> {
  const { currentCodeSha256, reason } = plan;
  try {
    const landed = await work();
    await recordTarget(run, { ...landed, reason: landed.reason || reason }, currentCodeSha256);
    return landed;
  } catch (error) {
    if (isSluiceError(error)) await recordTarget(run, failed(error), currentCodeSha256);
    throw error;
  }
}

function failed(error: SluiceError): Landed {
  const isConflict = error.code === "SLUICE_TARGET_CONFLICT";
  const reason = isInterruption(error) ? "interrupted" : error.message;
  return { outcome: isConflict ? "conflict" : "failed", version: null, reason, error: error.problems[0] };
}

import type { Aws } from "@sluice/aws";
import { isSluiceError, type LayerArtifact, type PlanInput } from "@sluice/core";
import type { Caller } from "../call.ts";
import type { Observed } from "../plan/observed.ts";
import { getFunction } from "../plan/read-function.ts";
import { ATTACHED, type Attachment, missingLayers } from "./attachment.ts";

/** What was observed of a function, with what its layers come to. */
export interface Checked {
  readonly observed: Observed;
  readonly attachment: Attachment;
}

/**
 * Compares the layers of what is live with those that an artifact was built against; then those of `$LATEST`, from which the next
 * function version is made. It is read for that when it was not before.
 */
export async function checkAttachment(
  input: PlanInput,
  aws: Aws,
  caller: Caller,
  layers: readonly LayerArtifact[],
  observed: Observed,
): Promise<Checked> {
  if (observed.kind !== "present") return { observed, attachment: ATTACHED };
  try {
    const { live } = observed;
    const isLatest = live.version === "$LATEST";
    const lacks = (attached: readonly string[]) => missingLayers(input, aws, caller, layers, attached);
    const ofLive = await lacks(live.layers);
    if (ofLive.length === 0 && (isLatest || observed.latest === null))
      return { observed, attachment: ATTACHED };
    const latest = observed.latest ?? (isLatest ? live : await getFunction(caller));
    const ofLatest = await lacks(latest.layers);
    const complete: Observed = { ...observed, latest };
    if (ofLatest.length > 0) return { observed: complete, attachment: { kind: "missing", layers: ofLatest } };
    return { observed: complete, attachment: ofLive.length === 0 ? ATTACHED : { kind: "behind" } };
  } catch (error) {
    if (!isSluiceError(error) || error.problems[0].kind !== "target") throw error;
    return { observed: { kind: "unreadable", problem: error.problems[0] }, attachment: ATTACHED };
  }
}

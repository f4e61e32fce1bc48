import type { DeploymentRecord, Deployments, RecordPlace, RecordSummary } from "@sluice/artifact";
import type { Digest } from "@sluice/core";

/** What the records of a place tell about the code that is live there. */
export interface KnownRecords {
  /** The newest deployment that callers had; `null` when there is none. */
  readonly newestLive: DeploymentRecord | null;
  /** The newest record of the very code that is live now; `newestLive` itself when nothing is amiss. */
  readonly ofThisCode: DeploymentRecord | null;
  /** The newest record when it is of a function version that was turned away. */
  readonly rejected: RecordSummary | null;
}

/** How far records are looked back. */
const LIMIT = 20;

/**
 * Reads what is needed and no more: a list, and one record when the newest deployment is what is live.
 *
 * @param digest - of what is live
 */
export async function knownRecords(
  deployments: Deployments,
  place: RecordPlace,
  digest: Digest | null,
): Promise<KnownRecords> {
  const summaries = await deployments.list(place, LIMIT);
  const [newest] = summaries;
  const rejected = newest?.outcome === "rejected" ? newest : null;
  const lastLive =
    summaries.find(({ outcome }) => outcome === "live") ??
    (summaries.length < LIMIT ? null : await deployments.newestLive(place));
  const newestLive = lastLive === null ? null : await deployments.read(lastLive);
  if (lastLive?.digest === digest) return { newestLive, ofThisCode: newestLive, rejected };
  const same = summaries.find((summary) => summary.digest === digest);
  return { newestLive, ofThisCode: same === undefined ? null : await deployments.read(same), rejected };
}

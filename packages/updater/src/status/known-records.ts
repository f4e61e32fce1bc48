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
 * @param account - whose records are meant where several accounts have one environment
 */
export async function knownRecords(
  deployments: Deployments,
  place: RecordPlace,
  digest: Digest | null,
  account: string | null,
): Promise<KnownRecords> {
  const summaries = await deployments.list(place, LIMIT);
  const isOwn = (record: DeploymentRecord): boolean =>
    account === null || record.account === null || record.account === account;
  const newestLive = await firstOf(deployments, await liveOnes(deployments, place, summaries), isOwn);
  const [newest] = summaries;
  const rejected = newest?.outcome === "rejected" ? newest : null;
  if (newestLive === null || newestLive.digest === digest)
    return { newestLive, ofThisCode: newestLive, rejected };
  const same = summaries.filter((summary) => summary.digest === digest);
  return { newestLive, ofThisCode: await firstOf(deployments, same, isOwn), rejected };
}

async function liveOnes(
  deployments: Deployments,
  place: RecordPlace,
  summaries: readonly RecordSummary[],
): Promise<readonly RecordSummary[]> {
  const live = summaries.filter(({ outcome }) => outcome === "live");
  if (live.length > 0 || summaries.length < LIMIT) return live;
  const older = await deployments.newestLive(place);
  return older === null ? [] : [older];
}

async function firstOf(
  deployments: Deployments,
  summaries: readonly RecordSummary[],
  accepts: (record: DeploymentRecord) => boolean,
): Promise<DeploymentRecord | null> {
  for (const summary of summaries) {
    const record = await deployments.read(summary);
    if (accepts(record)) return record;
  }
  return null;
}

import type { DeploymentRecord, Deployments, RecordPlace, RecordSummary } from "@sluice/artifact";
import type { Digest } from "@sluice/core";

/** How far records are looked back. */
const LIMIT = 100;

/** What callers have, or had: a function version, or code where there is no alias. */
export interface Standing {
  /** `null`: known by its code alone. */
  readonly version: string | null;
  /** `null` when it is not known. */
  readonly digest: Digest | null;
}

/** The records of one target, as far as a rollback asks them. Each is read once. */
export interface Trail {
  /** The newest deployment, when callers never had it; `null` when they did, or there is none. */
  readonly neverLive: RecordSummary | null;
  /** The record by which callers first got this, not by going back to it; `null` when there is none. */
  originOf(standing: Standing): Promise<DeploymentRecord | null>;
  /** The newest record that let callers have this; of anything without `standing`. */
  newestOf(standing?: Standing): Promise<DeploymentRecord | null>;
  /** Whether callers had this until somebody rolled it back. */
  wasRolledBack(standing: Standing): Promise<boolean>;
  /** When this was turned away by its test or rollout, as ISO 8601; `null` when callers have had it since, or it never was. */
  rejectedAt(standing: Standing): Promise<string | null>;
}

/**
 * Lists the records of a target.
 *
 * @param account - whose records are meant where several accounts have one environment
 */
export async function readTrail(
  deployments: Deployments,
  place: RecordPlace,
  account: string | null,
): Promise<Trail> {
  const summaries = await deployments.list(place, LIMIT);
  const live = summaries.filter(({ outcome }) => outcome === "live");
  const reading = new Map<string, Promise<DeploymentRecord>>();
  const read = async (summary: RecordSummary | undefined): Promise<DeploymentRecord | null> => {
    if (summary === undefined) return null;
    const pending = reading.get(summary.key) ?? deployments.read(summary);
    reading.set(summary.key, pending);
    const record = await pending;
    return account === null || record.account === null || record.account === account ? record : null;
  };
  /** The first of `from`, of this account, that is accepted. */
  const newest = async (
    from: readonly RecordSummary[],
    accepts: (record: DeploymentRecord, summary: RecordSummary) => boolean,
  ): Promise<DeploymentRecord | null> => {
    for (const summary of from) {
      const record = await read(summary);
      if (record !== null && accepts(record, summary)) return record;
    }
    return null;
  };
  const liveOnes = (standing: Standing): RecordSummary[] => live.filter((each) => isOf(each, standing));
  const [latest = null] = summaries;
  return {
    neverLive: latest?.outcome === "live" ? null : latest,
    originOf: (standing) => newest(liveOnes(standing), ({ command }) => command !== "rollback"),
    newestOf: (standing) => newest(standing === undefined ? live : liveOnes(standing), () => true),
    wasRolledBack: async (standing) => {
      let last = -1;
      await newest(liveOnes(standing), (_, summary) => {
        last = live.indexOf(summary);
        return true;
      });
      // What took its place: the oldest of the newer ones.
      const next = await newest(live.slice(0, Math.max(last, 0)).reverse(), () => true);
      return next !== null && wentBack(next, standing);
    },
    rejectedAt: async (standing) => {
      const about = summaries.filter((each) => isOf(each, standing) && each.outcome !== "conflict");
      const record = await newest(about, () => true);
      return record?.outcome === "rejected" ? record.at : null;
    },
  };
}

function isOf(
  found: { readonly version: string | null; readonly digest: Digest },
  { version, digest }: Standing,
): boolean {
  const sameVersion = version === null || found.version === version;
  return sameVersion && (digest === null ? version !== null : found.digest === digest);
}

/** Whether a record is that of a rollback from here to an older function version. One to a newer version says nothing bad of this. */
function wentBack({ command, predecessor, version }: DeploymentRecord, from: Standing): boolean {
  if (command !== "rollback" || predecessor === null) return false;
  const isFrom =
    from.version === null ? predecessor.digest === from.digest : predecessor.version === from.version;
  if (version === null || predecessor.version === null) return isFrom;
  return isFrom && Number(version) < Number(predecessor.version);
}

import type { DeploymentRecord } from "@sluice/artifact";
import { liveDigest } from "../status/live-digest.ts";
import type { Standing, Trail } from "./trail.ts";

/** How often what is recorded as the predecessor is passed over. */
const FURTHEST = 50;

/** What the records say to go back to. */
export type Recorded =
  | {
      readonly kind: "found";
      readonly to: Standing;
      /** Why it is that, for people. */
      readonly why: string;
    }
  /** No record tells how callers came to what they have, or from what. */
  | { readonly kind: "unrecorded" }
  /** What was before was taken back, and nothing is recorded before that. */
  | { readonly kind: "first" };

/**
 * Finds the recorded predecessor of what callers have. What was rolled back itself, or turned away, is passed over: so a second
 * rollback goes one further back, and never forth to what the first one was about.
 *
 * @param accepts - whether going there would change anything
 */
export async function recordedPredecessor(
  trail: Trail,
  live: Standing,
  accepts: (to: Standing) => boolean,
): Promise<Recorded> {
  const passed: Standing[] = [];
  let from = live;
  for (let step = 0; step < FURTHEST; step++) {
    const origin = await trail.originOf(from);
    if (origin === null)
      return passed.length === 0 ? newestRecorded(trail, live, accepts) : { kind: "unrecorded" };
    const to = predecessorOf(origin);
    // A run that found it live without a record, as with a new store, did not know what was before.
    if (to === null) return passed.length === 0 ? { kind: "unrecorded" } : { kind: "first" };
    const isBad = (await trail.wasRolledBack(to)) || (await trail.rejectedAt(to)) !== null;
    if (!isBad && accepts(to)) return { kind: "found", to, why: because(live, passed) };
    passed.push(to);
    from = to;
  }
  return { kind: "unrecorded" };
}

/** A run that was killed, or a hand, leaves what no record tells: then the newest record is of what was before. */
async function newestRecorded(
  trail: Trail,
  live: Standing,
  accepts: (to: Standing) => boolean,
): Promise<Recorded> {
  const record = await trail.newestOf();
  const to = record === null ? null : { version: record.version, digest: record.digest };
  if (to === null || !accepts(to) || isHigher(to, live)) return { kind: "unrecorded" };
  return { kind: "found", to, why: `the newest recorded deployment: no record tells of ${shown(live)}` };
}

/**
 * Whether what callers have is what the newest recorded deployment would be rolled back to: then that has been done, and going on from
 * here would be one too far.
 *
 * @returns why, for people, and from where; `null` when it is not so
 */
export async function backAlready(
  trail: Trail,
  live: Standing,
  accepts: (to: Standing) => boolean,
): Promise<{ readonly why: string; readonly from: DeploymentRecord } | null> {
  const from = await trail.newestOf();
  if (from === null || isSame(from, live)) return null;
  const recorded = await recordedPredecessor(trail, from, accepts);
  if (recorded.kind !== "found" || !isSame(recorded.to, live)) return null;
  return { why: `callers have ${shown(live)} already, ${recorded.why}`, from };
}

function isSame(one: Standing, other: Standing): boolean {
  const sameDigest = one.digest === null || other.digest === null || one.digest === other.digest;
  return one.version === other.version && sameDigest;
}

/** A function version's number never goes down, so that a higher one was not there before. */
const isHigher = (one: Standing, other: Standing): boolean =>
  one.version !== null && other.version !== null && Number(one.version) >= Number(other.version);

function predecessorOf({ predecessor }: DeploymentRecord): Standing | null {
  if (predecessor === null) return null;
  const { version, codeSha256 } = predecessor;
  const digest = predecessor.digest ?? liveDigest(codeSha256);
  return version === null && digest === null ? null : { version, digest };
}

function because(live: Standing, passed: readonly Standing[]): string {
  const why = `the recorded predecessor of ${shown(live)}`;
  return passed.length === 0 ? why : `${why}, without ${passed.map(shown).join(", ")}, which was taken back`;
}

/** A function version by its number, else code by its digest's beginning. */
export function shown({ version, digest }: Standing): string {
  return version ?? digest?.slice(0, 19) ?? "what is live";
}

import { getFunction, unlessAbsent } from "../plan/read-function.ts";
import { readDescription } from "../status/read-description.ts";
import { type Rollout, rolloutOf } from "../traffic/rollout.ts";
import { type Seen, standingOf } from "./seen.ts";

/** When callers first got what they have, and by which commit. */
interface Arrival {
  /** Milliseconds since the epoch; `null` when nothing tells. */
  readonly at: number | null;
  /** 12 digits at least; `null` when nothing tells. */
  readonly commit: string | null;
}

/** By the record; else by what the alias and the function version say of themselves. */
async function arrivalOf(seen: Seen): Promise<Arrival> {
  const record = (await seen.trail?.originOf(standingOf(seen))) ?? null;
  if (record !== null) return { at: timeOf(record.at), commit: record.commit };
  const commit = readDescription(seen.alias?.description ?? "")?.commit ?? null;
  return { at: timeOf(seen.live?.lastModified ?? null), commit };
}

function timeOf(text: string | null): number | null {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}

/** Which targets the last deployment did not change: rolling them back would undo an earlier one. */
export interface LastDeployment {
  readonly others: ReadonlySet<Seen>;
  /** Why those are left alone, for people. */
  readonly why: string;
}

/**
 * Finds the last deployment among targets: the one whose rollout is under way, else that of the commit which came last. Nothing is
 * left out when the newest tells no commit.
 */
export async function lastDeployment(targets: readonly Seen[]): Promise<LastDeployment> {
  const arrivals = await Promise.all(targets.map(async (seen) => ({ seen, arrival: await arrivalOf(seen) })));
  const begun = await begunAt(targets);
  if (begun !== null) {
    const isLater = (at: number | null): boolean => at !== null && at >= begun;
    const others = arrivals.filter(({ seen, arrival }) => ownRollout(seen) === null && !isLater(arrival.at));
    return { others: seenOf(others), why: "the deployment whose rollout is under way has not changed it" };
  }
  const times = arrivals.flatMap(({ arrival }) => (arrival.at === null ? [] : [arrival.at]));
  const last = Math.max(...times);
  const commit = arrivals.find(({ arrival }) => arrival.at === last)?.arrival.commit ?? null;
  if (commit === null) return { others: new Set(), why: "" };
  // What came before it and tells no commit is of no deployment at all: as a stub, whose first deployment did not pass its test.
  const isOther = ({ arrival }: { readonly arrival: Arrival }): boolean =>
    arrival.commit === null
      ? arrival.at !== null && arrival.at < last
      : arrival.commit.slice(0, 12) !== commit.slice(0, 12);
  const why = `the last deployment (${commit.slice(0, 12)}) did not change it`;
  return { others: seenOf(arrivals.filter(isOther)), why };
}

const seenOf = (all: readonly { readonly seen: Seen }[]): ReadonlySet<Seen> =>
  new Set(all.map(({ seen }) => seen));

/**
 * When the first of the versions was published that rollouts bring over now, in milliseconds since the epoch; `null` when there is no
 * rollout. What went live since belongs to the same deployment.
 */
async function begunAt(targets: readonly Seen[]): Promise<number | null> {
  const times = await Promise.all(
    targets.map(async (seen) => {
      const rollout = ownRollout(seen);
      if (rollout === null) return null;
      const version = await unlessAbsent(getFunction(seen.caller, rollout.version));
      return timeOf(version?.lastModified ?? null) ?? Number.POSITIVE_INFINITY;
    }),
  );
  const known = times.flatMap((time) => time ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

const ownRollout = ({ alias }: Seen): Rollout | null =>
  alias === null ? null : rolloutOf(alias.description, alias.weights);

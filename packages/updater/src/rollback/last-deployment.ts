import { readDescription } from "../status/read-description.ts";
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

/**
 * The commit of the last deployment among these targets, and which of them it did not change: those went live by an earlier commit,
 * and rolling them back would undo that one.
 *
 * @returns `commit` is `null`, and nothing is left out, when the newest tells no commit
 */
export async function lastDeployment(
  targets: readonly Seen[],
): Promise<{ readonly commit: string | null; readonly others: ReadonlySet<Seen> }> {
  const arrivals = await Promise.all(targets.map(async (seen) => ({ seen, arrival: await arrivalOf(seen) })));
  const times = arrivals.flatMap(({ arrival }) => (arrival.at === null ? [] : [arrival.at]));
  const last = Math.max(...times);
  const commit = arrivals.find(({ arrival }) => arrival.at === last)?.arrival.commit ?? null;
  if (commit === null) return { commit, others: new Set() };
  // What came before it and tells no commit is of no deployment at all: as a stub, whose first deployment did not pass its test.
  const isOther = ({ arrival }: { readonly arrival: Arrival }): boolean =>
    arrival.commit === null
      ? arrival.at !== null && arrival.at < last
      : arrival.commit.slice(0, 12) !== commit.slice(0, 12);
  return { commit, others: new Set(arrivals.filter(isOther).map(({ seen }) => seen)) };
}

import type { GitHistory } from "@sluice/core";

/** A commit that is to be delivered, and the one that callers have. */
export interface Commits {
  readonly ours: string;
  readonly theirs: string;
}

/** Which of two commits git's history has first; `unknown` where it does not reach, as in a shallow clone, or cannot be asked. */
export async function orderOf(
  history: GitHistory | undefined,
  ours: string,
  theirs: string,
): Promise<"older" | "newer" | "neither" | "unknown"> {
  const isOlder = await history?.isAncestor(ours, theirs);
  if (isOlder === true) return "older";
  const isNewer = await history?.isAncestor(theirs, ours);
  if (isNewer === true) return "newer";
  // Of two branches neither is in the other's history; who does not know says `null`.
  return isOlder === false && isNewer === false ? "neither" : "unknown";
}

/**
 * When two commits were made, ISO 8601 in UTC, to be compared as texts; `null` unless both are known.
 *
 * @param recorded - asked for the time of the other when git does not know it
 */
export async function timesOf(
  history: GitHistory | undefined,
  { ours, theirs }: Commits,
  recorded: () => Promise<string | null>,
): Promise<Commits | null> {
  const own = (await history?.committedAt(ours)) ?? null;
  if (own === null) return null;
  const other = (await history?.committedAt(theirs)) ?? (await recorded());
  return other === null ? null : { ours: inUtc(own), theirs: inUtc(other) };
}

const inUtc = (time: string): string => new Date(time).toISOString();

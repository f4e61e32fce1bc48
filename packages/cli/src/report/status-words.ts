import type { Actor } from "@sluice/core";
import type { EnvironmentStatus, FunctionStatus } from "@sluice/updater";
import { formatAge } from "./age.ts";

/** How a function is, in the order in which they are counted. */
export type Condition = "ok" | "code" | "unknown-origin" | "absent" | "unreadable";

/** Of each condition its name in sentences. */
export const CONDITIONS: Readonly<Record<Condition, string>> = {
  ok: "as deployed",
  code: "other code",
  "unknown-origin": "unknown origin",
  absent: "absent",
  unreadable: "not read",
};

export function conditionOf({ drift }: FunctionStatus): Condition {
  if (drift === null) return "unreadable";
  return drift === "none" ? "ok" : drift;
}

/** The user, CI job or role that an actor is known by. */
export function nameOf(who: Actor | null): string {
  if (who === null) return "";
  return who.user ?? who.identity?.split("/").at(-1) ?? who.job ?? "";
}

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** What there is to say of a function beyond its row, a sentence each. */
export function remarks(status: FunctionStatus, now: number): readonly string[] {
  const { reason, expected, rollout, weights, rejectedVersion, latestDigest, drift, failure } = status;
  const found: string[] = [];
  if (failure !== null) found.push(failure);
  if (reason !== "" && drift !== "absent") found.push(reason);
  if (expected !== null) found.push(`deployed last: ${deployedLast(expected, now)}`);
  if (rollout !== null)
    found.push(`a rollout is under way: version ${rollout.version} gets ${rollout.percent} % of its calls`);
  else
    for (const [version, share] of Object.entries(weights))
      found.push(`${percent(share)} of its calls go to version ${version}`);
  if (rejectedVersion !== null) found.push(`version ${rejectedVersion} was rejected, and is not live`);
  else if (latestDigest !== null && rollout === null)
    found.push("$LATEST has other code, which callers do not get");
  return found;
}

function deployedLast(expected: NonNullable<FunctionStatus["expected"]>, now: number): string {
  const { version, commit, deployedAt, digest } = expected;
  const what = version === null ? digest.slice(0, 19) : `version ${version}`;
  const from = commit === null ? "" : ` from commit ${commit.slice(0, 12)}`;
  return `${what}${from}, ${formatAge(deployedAt, now)}`;
}

/** `12 functions in 3 environments: 10 as deployed, 1 other code, 1 absent`. */
export function summary(environments: readonly EnvironmentStatus[]): string {
  const all = environments.flatMap(({ functions }) => functions);
  const counts = Object.entries(CONDITIONS).flatMap(([condition, name]) => {
    const count = all.filter((each) => conditionOf(each) === condition).length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  const unread = environments.filter(({ errors }) => errors.length > 0).length;
  if (unread > 0) counts.push(`${plural(unread, "environment")} with errors`);
  const head = `${plural(all.length, "function")} in ${plural(environments.length, "environment")}`;
  return counts.length === 0 ? head : `${head}: ${counts.join(", ")}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

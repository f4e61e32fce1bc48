import { type SluiceError, sluiceError, type Target } from "@sluice/core";
import type { Commits } from "./commit-order.ts";

const at = (target: Target): string => `${target.target} in ${target.region}`;

const ALLOW =
  "Deploy a newer commit; go back on purpose with sluice rollback; or allow it with --allow-downgrade, or with allowDowngrade: true in the environment.";

const FETCH =
  "git fetch (--unshallow in a shallow clone), or in CI a whole clone (fetch-depth: 0 in GitHub Actions, GIT_DEPTH: 0 in GitLab)";

const short = (commit: string): string => commit.slice(0, 12);

/** An ISO time as `2026-11-01 12:05:00 UTC`. */
export const shownTime = (time: string): string => `${time.slice(0, 19).replace("T", " ")} UTC`;

/** For people: nothing tells which commit is the older one. */
export function saysUnknown({ ours, theirs }: Commits): string {
  return `Git does not tell whether ${short(ours)} is older than ${short(theirs)}, which is live, and nothing else does: it is taken for the newer one. To have it checked, fetch the history: ${FETCH}.`;
}

/** A commit of the past in place of one that was made, or deployed, later. */
export function downgrade(
  target: Target,
  ours: string,
  theirs: string,
  why: string,
  hint: string = ALLOW,
): SluiceError {
  return sluiceError({
    code: "SLUICE_DOWNGRADE",
    kind: "refusal",
    message: `${at(target)} has the commit ${short(theirs)}, and ${short(ours)} is older: ${why}.`,
    where: target.target,
    hint,
  });
}

/** The same by the times of the two commits, where this clone does not know how they are related. */
export function downgradeByTime(target: Target, { ours, theirs }: Commits, times: Commits): SluiceError {
  const made = `it was committed at ${shownTime(times.ours)}, and ${short(theirs)} at ${shownTime(times.theirs)}`;
  const why = `this clone's history does not reach the other, so their times were compared: ${made}`;
  const hint = `Fetch the history, so that git tells which is older: ${FETCH}. Or allow it with --allow-downgrade, or with allowDowngrade: true in the environment.`;
  return downgrade(target, ours, theirs, why, hint);
}

/** A lower package version in production. */
export function versionDowngrade(target: Target, ours: string, theirs: string): SluiceError {
  return sluiceError({
    code: "SLUICE_DOWNGRADE_VERSION",
    kind: "refusal",
    message: `${at(target)} has the package version ${theirs}, and ${ours} is lower.`,
    where: target.target,
    hint: `Raise the version where it is written down (package.json, pyproject.toml). ${ALLOW}`,
  });
}

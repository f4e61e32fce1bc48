import { type SluiceError, sluiceError, type Target } from "@sluice/core";

const at = (target: Target): string => `${target.target} in ${target.region}`;

const ALLOW =
  "Deploy a newer commit; go back on purpose with sluice rollback; or allow it with --allow-downgrade, or with allowDowngrade: true in the environment.";

/** A commit of the past in place of one that was made, or deployed, later. */
export function downgrade(target: Target, ours: string, theirs: string, why: string): SluiceError {
  return sluiceError({
    code: "SLUICE_DOWNGRADE",
    kind: "refusal",
    message: `${at(target)} has the commit ${theirs.slice(0, 12)}, and ${ours.slice(0, 12)} is older: ${why}.`,
    where: target.target,
    hint: ALLOW,
  });
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

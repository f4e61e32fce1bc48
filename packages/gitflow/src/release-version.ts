import type { GitRef, Problem } from "@sluice/core";
import eq from "semver/functions/eq.js";
import parse from "semver/functions/parse.js";
import { describeRef, gitflowErrors } from "./errors.ts";

/** `1.4.0` of `release/1.4.0`, `hotfix/v1.4.0`, and of the tags `v1.4.0` and `app@1.4.0`; `null` for what has none. */
function versionPart(ref: Pick<GitRef, "branch" | "tag">): string | null {
  if (ref.tag !== null) return ref.tag.slice(ref.tag.lastIndexOf("@") + 1);
  const slash = ref.branch?.indexOf("/") ?? -1;
  return slash < 0 ? null : (ref.branch?.slice(slash + 1) ?? null);
}

/**
 * Checks that a release branch bears the package version. They must be equal by semver: a leading `v` and build metadata
 * do not count, a prerelease does (`release/1.4.0` does not take `1.4.0-rc.1`).
 *
 * @param where - configuration path of the rule that asks for it
 * @returns SLUICE_RELEASE_VERSION_MISMATCH, or `null` when they agree
 */
export function releaseVersionProblem(
  ref: Pick<GitRef, "branch" | "tag" | "pullRequest">,
  packageVersion: string | null,
  where: string,
): Problem | null {
  const refuse = (message: string, hint: string): Problem =>
    gitflowErrors.versionMismatch(describeRef(ref), where, message, hint).problems[0];
  const part = versionPart(ref);
  const wanted = part === null ? null : parse(part);
  if (wanted === null)
    return refuse(
      part === null ? "its name has no part after a slash" : "that part of its name is no semver version",
      "Name it like release/1.4.0, or drop matchPackageVersion from the rule.",
    );
  const actual = parse(packageVersion);
  if (actual === null)
    return refuse(
      packageVersion === null
        ? "package.json has no version"
        : `package.json has ${JSON.stringify(packageVersion)}, which is no semver version`,
      `Set "version": "${wanted.version}" in package.json and commit it.`,
    );
  if (eq(wanted, actual)) return null;
  return refuse(
    `it is ${wanted.version}, and package.json has ${actual.version}`,
    `Set "version": "${wanted.version}" in package.json and commit it, or use a branch named for ${actual.version}.`,
  );
}

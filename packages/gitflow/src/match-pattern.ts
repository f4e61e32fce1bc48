import type { GitRef } from "@sluice/core";
import picomatch from "picomatch";
import { gitflowErrors } from "./errors.ts";

/** Patterns of tags begin with this; all others are patterns of branches. */
export const TAG_PREFIX = "refs/tags/";

/**
 * `bash` lets `*` match slashes as well: gitflow's `hotfix/*` means `hotfix/team/x` too, and `*` every branch. Not
 * dependent on the platform.
 */
const OPTIONS = { bash: true, dot: true, windows: false };

/**
 * Whether a pattern of the configuration matches a ref. A pattern that is the very name matches, whatever characters it
 * has; else it is a glob of picomatch: `*` is anything, slashes too, `?` one character, `[…]`, `{a,b}`, `!(…)`.
 *
 * @throws SLUICE_BRANCH_PATTERN_INVALID
 */
export function matchPattern(pattern: string, ref: Pick<GitRef, "branch" | "tag">): boolean {
  const forTags = pattern.startsWith(TAG_PREFIX);
  const glob = forTags ? pattern.slice(TAG_PREFIX.length) : pattern;
  if (glob.trim() === "") throw gitflowErrors.patternInvalid(pattern, "it is empty");
  const name = forTags ? ref.tag : ref.tag === null ? ref.branch : null;
  if (name === null) return false;
  return name === glob || picomatch(glob, OPTIONS)(name);
}

import type { EnvironmentChoice, GitRef, Problem, ResolvedBranchRule } from "@sluice/core";
import { describeRef, shown } from "./errors.ts";
import { matchPattern, TAG_PREFIX } from "./match-pattern.ts";
import { releaseVersionProblem } from "./release-version.ts";

/** What the mapping depends on beside the ref and the rules. */
export interface MappingFacts {
  /** npm semver of the function repository. */
  readonly packageVersion: string | null;
  /** Names of the environments that are configured. */
  readonly environments: readonly string[];
}

/** An {@link EnvironmentChoice} that also carries why its own rule does not let this ref through. */
export interface MappedChoice extends EnvironmentChoice {
  /** What the gate will refuse with; the reason says it too. */
  readonly refusal: Problem | null;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function nowhere(reason: string, rule: string | null = null): MappedChoice {
  return { environment: null, rule, reason, refusal: null };
}

function reasonWithoutName(ref: GitRef): string {
  if (ref.commit === null && ref.dirty === null)
    return "This folder is in no git repository, so there is no branch to map.";
  return "HEAD is detached and no CI names a branch, so there is no branch to map.";
}

function reasonWithoutRule(ref: GitRef): string {
  const described = capitalized(describeRef(ref));
  return ref.tag === null
    ? `${described} matches no rule, so it deploys nowhere.`
    : `${described} deploys nowhere: no rule begins with ${TAG_PREFIX} and matches it.`;
}

function applyRule(ref: GitRef, rule: ResolvedBranchRule, facts: MappingFacts): MappedChoice {
  const { pattern, environment } = rule;
  const decided = `by the rule ${JSON.stringify(pattern)}`;
  const described = capitalized(describeRef(ref));
  if (environment === null) return nowhere(`${described} deploys nowhere ${decided}.`, pattern);
  if (!facts.environments.includes(environment)) {
    const known = facts.environments.length === 0 ? "none" : facts.environments.join(", ");
    return nowhere(
      `${described} maps to ${environment} ${decided}, but no environment ${environment} is configured (there is: ${known}), so it is skipped.`,
      pattern,
    );
  }
  const where = `branches[${JSON.stringify(pattern)}].matchPackageVersion`;
  const refusal = rule.matchPackageVersion ? releaseVersionProblem(ref, facts.packageVersion, where) : null;
  const but = refusal === null ? "" : ` A deployment is refused: ${refusal.message}`;
  return {
    environment,
    rule: pattern,
    reason: `${described} maps to ${environment} ${decided}.${but}`,
    refusal,
  };
}

/**
 * Maps a git ref to an environment. The first rule that matches decides, in the order written; an exact name has no
 * precedence. Tags map only by rules that begin with `refs/tags/`; pull requests map nowhere. Pure.
 *
 * @throws SLUICE_BRANCH_PATTERN_INVALID
 */
export function mapRef(ref: GitRef, rules: readonly ResolvedBranchRule[], facts: MappingFacts): MappedChoice {
  if (ref.pullRequest !== null) {
    const into = ref.pullRequest.target === null ? "" : ` into ${shown(ref.pullRequest.target)}`;
    return nowhere(`${capitalized(describeRef(ref))}${into} deploys nowhere: it deploys when it is merged.`);
  }
  if (ref.branch === null && ref.tag === null) return nowhere(reasonWithoutName(ref));
  const rule = rules.find(({ pattern }) => matchPattern(pattern, ref));
  return rule === undefined ? nowhere(reasonWithoutRule(ref)) : applyRule(ref, rule, facts);
}

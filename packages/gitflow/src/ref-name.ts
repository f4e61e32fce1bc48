import type { GitRef } from "@sluice/core";

/** What a ref is called: at most one of branch and tag, or a pull request with its source branch. */
export type RefName = Pick<GitRef, "branch" | "tag" | "pullRequest">;

export const NAMELESS: RefName = { branch: null, tag: null, pullRequest: null };

/** Refs of changes under review: GitHub and Azure, GitLab, Bitbucket Data Center, Gerrit. */
const REVIEW =
  /^refs\/(?:pull\/(\d+)\/|merge-requests\/(\d+)\/|pull-requests\/(\d+)\/|changes\/\d+\/(\d+)\/\d+$)/;

const KINDS: readonly [RegExp, (name: string) => RefName][] = [
  [REVIEW, (id) => ({ ...NAMELESS, pullRequest: { id, target: null } })],
  [/^refs\/heads\/(.+)$/s, (branch) => ({ ...NAMELESS, branch })],
  [/^refs\/remotes\/[^/]+\/(.+)$/s, (branch) => ({ ...NAMELESS, branch })],
  [/^refs\/tags\/(.+)$/s, (tag) => ({ ...NAMELESS, tag })],
];

/**
 * Takes a full ref name apart, once: `refs/heads/refs/heads/main` is the branch `refs/heads/main`. Anything that does not
 * begin with a known folder of `refs/` is a branch's short name.
 */
export function parseRef(text: string): RefName {
  for (const [pattern, make] of KINDS) {
    const found = pattern
      .exec(text)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (found !== undefined) return make(found);
  }
  return { ...NAMELESS, branch: text };
}

// git-check-ref-format(1), rules 1 to 10
const FORBIDDEN = [
  /(?:^|\/)\./, // a component begins with a dot
  /\.lock(?:\/|$)/,
  /\.\./,
  /[\p{Cc} ~^:?*[\\]/u, // git allows U+0080 to U+009F; a terminal acts on them
  /^\/|\/$|\/\//,
  /\.$/,
  /@\{/,
  /^@$/,
  /^-/, // `git branch` takes none that looks like an option
  /^HEAD$/,
];

/** Whether git would make a branch of this name. Length is no matter: git has no limit of its own. */
export function isBranchName(name: string): boolean {
  return name !== "" && !FORBIDDEN.some((rule) => rule.test(name));
}

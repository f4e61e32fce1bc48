import { type CiService, given } from "./claim.ts";

/**
 * CircleCI.
 *
 * circleci.com/docs/variables: CIRCLE_PR_NUMBER is there for forked pull requests alone. CIRCLE_PULL_REQUEST is there on
 * every push to a branch that has one open, as `develop` and `release/*` often do: such a build is a push.
 */
export const circleci: CiService = {
  name: "circleci",
  sign: "CIRCLECI",
  read: (env) => {
    const branch = given(env, "CIRCLE_BRANCH");
    const tag = given(env, "CIRCLE_TAG");
    const id = given(env, "CIRCLE_PR_NUMBER") ?? /^pull\/(\d+)/.exec(branch ?? "")?.[1] ?? null;
    return {
      branch: tag === null ? branch : null,
      tag,
      pullRequest: id === null ? null : { id, target: null },
      commit: given(env, "CIRCLE_SHA1"),
      doubt: null,
    };
  },
};

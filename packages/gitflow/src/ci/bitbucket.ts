import { type CiService, given } from "./claim.ts";

/**
 * Bitbucket Pipelines.
 *
 * support.atlassian.com, "Variables and secrets": in pull request pipelines BITBUCKET_BRANCH is the source branch, and the
 * target is merged into the checkout before the steps run.
 */
export const bitbucket: CiService = {
  name: "bitbucket",
  sign: "BITBUCKET_BUILD_NUMBER",
  read: (env) => {
    const id = given(env, "BITBUCKET_PR_ID");
    const tag = id === null ? given(env, "BITBUCKET_TAG") : null;
    return {
      branch: tag === null ? given(env, "BITBUCKET_BRANCH") : null,
      tag,
      pullRequest: id === null ? null : { id, target: given(env, "BITBUCKET_PR_DESTINATION_BRANCH") },
      commit: given(env, "BITBUCKET_COMMIT"),
      doubt: null,
    };
  },
};

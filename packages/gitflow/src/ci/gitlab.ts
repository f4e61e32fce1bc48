import { type CiService, given } from "./claim.ts";

/**
 * GitLab CI/CD.
 *
 * docs.gitlab.com, "Predefined CI/CD variables": CI_COMMIT_BRANCH is missing in merge request and tag pipelines, where
 * CI_COMMIT_REF_NAME is the source branch or the tag. GitLab before 12.6 has no CI_COMMIT_BRANCH.
 */
export const gitlab: CiService = {
  name: "gitlab",
  sign: "GITLAB_CI",
  read: (env) => {
    const rest = { commit: given(env, "CI_COMMIT_SHA"), doubt: null };
    const id = given(env, "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_ID", "CI_EXTERNAL_PULL_REQUEST_IID");
    if (id !== null) {
      const source = "SOURCE_BRANCH_NAME";
      const target = "TARGET_BRANCH_NAME";
      return {
        branch: given(env, `CI_MERGE_REQUEST_${source}`, `CI_EXTERNAL_PULL_REQUEST_${source}`),
        tag: null,
        pullRequest: {
          id,
          target: given(env, `CI_MERGE_REQUEST_${target}`, `CI_EXTERNAL_PULL_REQUEST_${target}`),
        },
        ...rest,
      };
    }
    const tag = given(env, "CI_COMMIT_TAG");
    const branch = tag === null ? given(env, "CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME") : null;
    return { branch, tag, pullRequest: null, ...rest };
  },
};

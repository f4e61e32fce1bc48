import { type CiService, given } from "./claim.ts";

/**
 * Bamboo: the plan's first repository, under its three spellings.
 *
 * confluence.atlassian.com, "Bamboo variables": dots become underscores in the environment. A plan branch for a pull
 * request has `bamboo.repository.pr.*`, and its branch is the source.
 */
export const bamboo: CiService = {
  name: "bamboo",
  sign: "bamboo_agentId",
  read: (env) => {
    const id = given(env, "bamboo_repository_pr_key");
    const branch = given(
      env,
      "bamboo_repository_pr_sourceBranch",
      "bamboo_planRepository_branchName",
      "bamboo_planRepository_1_branchName",
      "bamboo_repository_branch_name",
    );
    return {
      branch,
      tag: null,
      pullRequest: id === null ? null : { id, target: given(env, "bamboo_repository_pr_targetBranch") },
      commit: given(
        env,
        "bamboo_planRepository_revision",
        "bamboo_planRepository_1_revision",
        "bamboo_repository_revision_number",
      ),
      doubt: null,
    };
  },
};

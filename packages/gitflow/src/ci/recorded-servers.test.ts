import { COMMIT, describeRecorded, nothing, pr, type Recorded } from "../testing/recorded.ts";

const BAMBOO = { bamboo_agentId: "1", bamboo_planRepository_1_revision: COMMIT };

const ofBamboo: readonly Recorded[] = [
  [
    "push",
    { ...BAMBOO, bamboo_planRepository_branchName: "develop", bamboo_planRepository_1_branchName: "develop" },
    { ...nothing, branch: "develop" },
  ],
  [
    "plan branch",
    { ...BAMBOO, bamboo_planRepository_1_branchName: "release/1.4.0" },
    { ...nothing, branch: "release/1.4.0" },
  ],
  [
    "deployment project",
    {
      bamboo_agentId: "1",
      bamboo_deploy_project: "orders",
      bamboo_planRepository_branchName: "main",
      bamboo_planRepository_revision: COMMIT,
    },
    { ...nothing, branch: "main" },
  ],
  [
    "old server",
    {
      bamboo_agentId: "1",
      bamboo_repository_branch_name: "hotfix/1.4.1",
      bamboo_repository_revision_number: COMMIT,
    },
    { ...nothing, branch: "hotfix/1.4.1" },
  ],
  [
    "pull request",
    {
      ...BAMBOO,
      bamboo_planRepository_1_branchName: "develop",
      bamboo_repository_pr_key: "7",
      bamboo_repository_pr_sourceBranch: "develop",
      bamboo_repository_pr_targetBranch: "main",
    },
    { branch: "develop", ...pr("7", "main") },
  ],
];

const JENKINS = { JENKINS_URL: "https://jenkins.example.com/", GIT_COMMIT: COMMIT };

const ofJenkins: readonly Recorded[] = [
  [
    "push, multibranch",
    { ...JENKINS, BRANCH_NAME: "develop", GIT_BRANCH: "develop" },
    { ...nothing, branch: "develop" },
  ],
  [
    "push, multibranch, nested",
    { ...JENKINS, BRANCH_NAME: "release/1.4.0", GIT_BRANCH: "origin/release/1.4.0" },
    { branch: "release/1.4.0" },
  ],
  ["push, freestyle", { ...JENKINS, GIT_BRANCH: "origin/develop" }, { ...nothing, branch: "develop" }],
  [
    "push, another remote",
    { ...JENKINS, GIT_BRANCH: "upstream/hotfix/1.4.1" },
    { ...nothing, branch: "hotfix/1.4.1" },
  ],
  [
    "push, no remote in the name",
    { ...JENKINS, GIT_BRANCH: "feature/x" },
    { ...nothing, branch: "feature/x" },
  ],
  ["push, a branch named origin/x", { ...JENKINS, GIT_BRANCH: "origin/origin/x" }, { branch: "origin/x" }],
  ["push, full ref", { ...JENKINS, GIT_BRANCH: "refs/remotes/origin/develop" }, { branch: "develop" }],
  ["push, remotes/…", { ...JENKINS, GIT_BRANCH: "remotes/origin/develop" }, { branch: "develop" }],
  [
    "push, local branch",
    { ...JENKINS, GIT_BRANCH: "origin/develop", GIT_LOCAL_BRANCH: "develop" },
    { branch: "develop" },
  ],
  ["detached", { ...JENKINS, GIT_BRANCH: "detached" }, { ...nothing, source: "git" }],
  [
    "tag, multibranch",
    { ...JENKINS, BRANCH_NAME: "release/1.4.0", TAG_NAME: "release/1.4.0" },
    { ...nothing, tag: "release/1.4.0" },
  ],
  ["tag, freestyle", { ...JENKINS, GIT_BRANCH: "refs/tags/v1.4.0" }, { ...nothing, tag: "v1.4.0" }],
  [
    "tag, GitLab's trigger",
    {
      ...JENKINS,
      gitlabActionType: "TAG_PUSH",
      gitlabSourceBranch: "refs/tags/main",
      GIT_BRANCH: "origin/main",
    },
    { ...nothing, tag: "main" },
  ],
  [
    "change request",
    {
      ...JENKINS,
      BRANCH_NAME: "PR-7",
      GIT_BRANCH: "PR-7",
      CHANGE_ID: "7",
      CHANGE_BRANCH: "develop",
      CHANGE_TARGET: "main",
    },
    { branch: "develop", ...pr("7", "main") },
  ],
  [
    "GitHub pull request builder",
    {
      ...JENKINS,
      GIT_BRANCH: "origin/main",
      ghprbPullId: "7",
      ghprbSourceBranch: "develop",
      ghprbTargetBranch: "main",
    },
    { branch: "develop", ...pr("7", "main") },
  ],
  [
    "GitLab merge request",
    {
      ...JENKINS,
      GIT_BRANCH: "origin/develop",
      gitlabActionType: "MERGE",
      gitlabMergeRequestIid: "12",
      gitlabMergeRequestId: "990",
      gitlabSourceBranch: "develop",
      gitlabTargetBranch: "main",
    },
    pr("12", "main"),
  ],
  [
    "Gerrit, a patch set",
    {
      ...JENKINS,
      GIT_BRANCH: "develop",
      GERRIT_EVENT_TYPE: "patchset-created",
      GERRIT_CHANGE_NUMBER: "812",
      GERRIT_BRANCH: "develop",
    },
    pr("812", "develop"),
  ],
  [
    "Gerrit, merged",
    {
      ...JENKINS,
      GIT_BRANCH: "origin/develop",
      GERRIT_EVENT_TYPE: "change-merged",
      GERRIT_CHANGE_NUMBER: "812",
      GERRIT_BRANCH: "develop",
    },
    { ...nothing, branch: "develop" },
  ],
];

describeRecorded("Bamboo", "ci:bamboo", ofBamboo);
describeRecorded("Jenkins", "ci:jenkins", ofJenkins);

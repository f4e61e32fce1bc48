import { COMMIT, describeRecorded, nothing, pr, type Recorded } from "../testing/recorded.ts";

/** What CI names as the head of a pull request, while a merge commit is checked out. */
const OTHER = "ffac537e6cbbf934b08745a378932722df287a53";

const GITHUB = {
  CI: "true",
  GITHUB_ACTIONS: "true",
  GITHUB_SHA: COMMIT,
  GITHUB_HEAD_REF: "",
  GITHUB_BASE_REF: "",
};
const github = (event: string, ref: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...GITHUB,
  GITHUB_EVENT_NAME: event,
  GITHUB_REF: ref,
  ...more,
});
const FORK = { GITHUB_HEAD_REF: "develop", GITHUB_BASE_REF: "main" };

const ofGithub: readonly Recorded[] = [
  ["push", github("push", "refs/heads/develop"), { ...nothing, branch: "develop" }],
  ["push to a nested branch", github("push", "refs/heads/hotfix/team/x"), { branch: "hotfix/team/x" }],
  ["push to refs/heads/main", github("push", "refs/heads/refs/heads/main"), { branch: "refs/heads/main" }],
  ["tag", github("push", "refs/tags/v1.4.0"), { ...nothing, tag: "v1.4.0" }],
  ["tag like a branch", github("push", "refs/tags/release/1.4.0"), { ...nothing, tag: "release/1.4.0" }],
  ["release", github("release", "refs/tags/v1.4.0"), { ...nothing, tag: "v1.4.0" }],
  [
    "pull request",
    github("pull_request", "refs/pull/7/merge", { ...FORK, GITHUB_SHA: OTHER }),
    { branch: "develop", ...pr("7", "main") },
  ],
  ["review", github("pull_request_review", "refs/pull/7/merge", FORK), pr("7", "main")],
  ["pull request target", github("pull_request_target", "refs/heads/main", FORK), pr("unknown", "main")],
  [
    "merge queue",
    github("merge_group", `refs/heads/gh-readonly-queue/main/pr-7-${OTHER}`),
    { branch: `gh-readonly-queue/main/pr-7-${OTHER}` },
  ],
  ["schedule", github("schedule", "refs/heads/main"), { ...nothing, branch: "main" }],
  [
    "manual",
    github("workflow_dispatch", "refs/heads/release/1.4.0"),
    { ...nothing, branch: "release/1.4.0" },
  ],
  [
    "on a runner of CodeBuild",
    github("push", "refs/heads/develop", { CODEBUILD_BUILD_ID: "p:1", CODEBUILD_WEBHOOK_TRIGGER: "pr/3" }),
    { ...nothing, branch: "develop", source: "ci:github" },
  ],
];

const GITLAB = { CI: "true", GITLAB_CI: "true", CI_COMMIT_SHA: COMMIT };
const MERGE_REQUEST = {
  ...GITLAB,
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_COMMIT_REF_NAME: "develop",
  CI_MERGE_REQUEST_ID: "99001",
  CI_MERGE_REQUEST_IID: "12",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "develop",
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
};

const ofGitlab: readonly Recorded[] = [
  [
    "push",
    { ...GITLAB, CI_COMMIT_BRANCH: "develop", CI_COMMIT_REF_NAME: "develop" },
    { ...nothing, branch: "develop" },
  ],
  [
    "push before 12.6",
    { ...GITLAB, CI_COMMIT_REF_NAME: "release/1.4.0" },
    { ...nothing, branch: "release/1.4.0" },
  ],
  [
    "push with a merge request open",
    { ...GITLAB, CI_COMMIT_BRANCH: "develop", CI_OPEN_MERGE_REQUESTS: "g/p!12" },
    { ...nothing, branch: "develop" },
  ],
  [
    "tag",
    { ...GITLAB, CI_COMMIT_TAG: "v1.4.0", CI_COMMIT_REF_NAME: "v1.4.0" },
    { ...nothing, tag: "v1.4.0" },
  ],
  [
    "tag like a branch",
    { ...GITLAB, CI_COMMIT_TAG: "main", CI_COMMIT_REF_NAME: "main" },
    { ...nothing, tag: "main" },
  ],
  ["merge request", MERGE_REQUEST, { branch: "develop", ...pr("12", "main") }],
  [
    "merged result",
    { ...MERGE_REQUEST, CI_COMMIT_SHA: OTHER, CI_MERGE_REQUEST_EVENT_TYPE: "merged_result" },
    pr("12", "main"),
  ],
  [
    "external pull request",
    {
      ...GITLAB,
      CI_PIPELINE_SOURCE: "external_pull_request_event",
      CI_COMMIT_REF_NAME: "develop",
      CI_COMMIT_BRANCH: "develop",
      CI_EXTERNAL_PULL_REQUEST_IID: "7",
      CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME: "develop",
      CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME: "main",
    },
    { branch: "develop", ...pr("7", "main") },
  ],
  [
    "schedule",
    { ...GITLAB, CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" },
    { ...nothing, branch: "main" },
  ],
  [
    "manual",
    { ...GITLAB, CI_PIPELINE_SOURCE: "web", CI_COMMIT_BRANCH: "hotfix/1.4.1" },
    { ...nothing, branch: "hotfix/1.4.1" },
  ],
];

const BITBUCKET = { CI: "true", BITBUCKET_BUILD_NUMBER: "5", BITBUCKET_COMMIT: COMMIT };

const ofBitbucket: readonly Recorded[] = [
  ["push", { ...BITBUCKET, BITBUCKET_BRANCH: "develop" }, { ...nothing, branch: "develop" }],
  ["tag", { ...BITBUCKET, BITBUCKET_TAG: "v1.4.0" }, { ...nothing, tag: "v1.4.0" }],
  [
    "pull request",
    {
      ...BITBUCKET,
      BITBUCKET_COMMIT: OTHER,
      BITBUCKET_BRANCH: "develop",
      BITBUCKET_PR_ID: "7",
      BITBUCKET_PR_DESTINATION_BRANCH: "main",
    },
    { branch: "develop", ...pr("7", "main") },
  ],
  [
    "custom, from a branch",
    { ...BITBUCKET, BITBUCKET_BRANCH: "release/1.4.0" },
    { ...nothing, branch: "release/1.4.0" },
  ],
  ["custom, from a commit", BITBUCKET, { ...nothing, source: "git" }],
];

describeRecorded("GitHub", "ci:github", ofGithub);
describeRecorded("GitLab", "ci:gitlab", ofGitlab);
describeRecorded("Bitbucket", "ci:bitbucket", ofBitbucket);

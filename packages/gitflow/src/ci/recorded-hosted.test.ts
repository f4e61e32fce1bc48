import { COMMIT, describeRecorded, nothing, pr, type Recorded } from "../testing/recorded.ts";

const CIRCLECI = { CI: "true", CIRCLECI: "true", CIRCLE_SHA1: COMMIT };

const ofCircleci: readonly Recorded[] = [
  ["push", { ...CIRCLECI, CIRCLE_BRANCH: "develop" }, { ...nothing, branch: "develop" }],
  [
    "push with a pull request open",
    { ...CIRCLECI, CIRCLE_BRANCH: "develop", CIRCLE_PULL_REQUEST: "https://github.com/o/r/pull/7" },
    { ...nothing, branch: "develop" },
  ],
  [
    "fork",
    { ...CIRCLECI, CIRCLE_BRANCH: "pull/7", CIRCLE_PR_NUMBER: "7", CIRCLE_PR_USERNAME: "x" },
    pr("7", null),
  ],
  ["tag", { ...CIRCLECI, CIRCLE_TAG: "v1.4.0" }, { ...nothing, tag: "v1.4.0" }],
  ["schedule", { ...CIRCLECI, CIRCLE_BRANCH: "main" }, { ...nothing, branch: "main" }],
];

const AZURE = { TF_BUILD: "True", BUILD_BUILDURI: "vstfs:///Build/Build/5", BUILD_SOURCEVERSION: COMMIT };
const azurePr = {
  BUILD_SOURCEBRANCH: "refs/pull/7/merge",
  SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
  SYSTEM_PULLREQUEST_SOURCEBRANCH: "refs/heads/develop",
  SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main",
};

const ofAzure: readonly Recorded[] = [
  [
    "push",
    { ...AZURE, BUILD_SOURCEBRANCH: "refs/heads/release/1.4.0", BUILD_SOURCEBRANCHNAME: "1.4.0" },
    { ...nothing, branch: "release/1.4.0" },
  ],
  ["tag", { ...AZURE, BUILD_SOURCEBRANCH: "refs/tags/v1.4.0" }, { ...nothing, tag: "v1.4.0" }],
  ["pull request", { ...AZURE, ...azurePr }, { branch: "develop", ...pr("7", "main") }],
  [
    "pull request on GitHub",
    {
      ...AZURE,
      ...azurePr,
      SYSTEM_PULLREQUEST_PULLREQUESTID: "83410",
      SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: "7",
      SYSTEM_PULLREQUEST_TARGETBRANCH: "main",
    },
    pr("7", "main"),
  ],
  ["manual, of a pull request's ref", { ...AZURE, BUILD_SOURCEBRANCH: "refs/pull/7/merge" }, pr("7", null)],
  [
    "schedule",
    { ...AZURE, BUILD_REASON: "Schedule", BUILD_SOURCEBRANCH: "refs/heads/main" },
    { ...nothing, branch: "main" },
  ],
];

const CODEBUILD = { CI: "true", CODEBUILD_BUILD_ID: "orders:1", CODEBUILD_RESOLVED_SOURCE_VERSION: COMMIT };
const ARN = "arn:aws:s3:::codepipeline-eu-west-1-1/orders/SourceArti/x";

const ofCodebuild: readonly Recorded[] = [
  [
    "push",
    {
      ...CODEBUILD,
      CODEBUILD_WEBHOOK_TRIGGER: "branch/release/1.4.0",
      CODEBUILD_WEBHOOK_EVENT: "PUSH",
      CODEBUILD_WEBHOOK_HEAD_REF: "refs/heads/release/1.4.0",
      CODEBUILD_SOURCE_VERSION: COMMIT,
    },
    { ...nothing, branch: "release/1.4.0" },
  ],
  [
    "tag",
    { ...CODEBUILD, CODEBUILD_WEBHOOK_TRIGGER: "tag/v1.4.0", CODEBUILD_SOURCE_VERSION: COMMIT },
    { ...nothing, tag: "v1.4.0" },
  ],
  [
    "pull request",
    {
      ...CODEBUILD,
      CODEBUILD_WEBHOOK_TRIGGER: "pr/7",
      CODEBUILD_WEBHOOK_HEAD_REF: "refs/heads/develop",
      CODEBUILD_WEBHOOK_BASE_REF: "refs/heads/main",
      CODEBUILD_SOURCE_VERSION: "pr/7",
    },
    { branch: "develop", ...pr("7", "main") },
  ],
  [
    "manual, a branch",
    { ...CODEBUILD, CODEBUILD_SOURCE_VERSION: "develop" },
    { ...nothing, branch: "develop" },
  ],
  [
    "manual, a full ref",
    { ...CODEBUILD, CODEBUILD_SOURCE_VERSION: "refs/heads/develop^{abcdef}" },
    { ...nothing, branch: "develop" },
  ],
  [
    "manual, a tag like a branch",
    { ...CODEBUILD, CODEBUILD_SOURCE_VERSION: "release/1.3.0" },
    { ...nothing, tag: "release/1.3.0" },
  ],
  [
    "manual, a commit",
    { ...CODEBUILD, CODEBUILD_SOURCE_VERSION: COMMIT },
    { branch: null, pullRequest: null, source: "git" },
  ],
  [
    "manual, a pull request",
    { ...CODEBUILD, CODEBUILD_SOURCE_VERSION: "pr/7" },
    { branch: null, ...pr("7", null) },
  ],
  [
    "CodePipeline",
    { ...CODEBUILD, CODEBUILD_INITIATOR: "codepipeline/orders", CODEBUILD_SOURCE_VERSION: ARN },
    { branch: null, pullRequest: null, source: "git" },
  ],
];

describeRecorded("CircleCI", "ci:circleci", ofCircleci);
describeRecorded("Azure", "ci:azure", ofAzure);
describeRecorded("CodeBuild", "ci:codebuild", ofCodebuild);

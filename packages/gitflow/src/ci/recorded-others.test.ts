import type { GitRef } from "@sluice/core";
import { COMMIT, describeRecorded, nothing, pr, type Recorded } from "../testing/recorded.ts";

const from = (service: string, ref: Partial<GitRef>): Partial<GitRef> => ({
  ...ref,
  source: `ci:${service}`,
});
const develop = { ...nothing, branch: "develop" };
/** Nothing is guessed: git has a remote branch and two tags there. */
const unnamed = { ...nothing, source: "git" };

const TRAVIS = { TRAVIS: "true", TRAVIS_PULL_REQUEST: "false", TRAVIS_COMMIT: COMMIT };
const DRONE = { DRONE: "true", DRONE_SOURCE_BRANCH: "develop", DRONE_TARGET_BRANCH: "main" };

const ofOthers: readonly Recorded[] = [
  ["Travis, push", { ...TRAVIS, TRAVIS_BRANCH: "develop" }, from("travis", develop)],
  [
    "Travis, tag",
    { ...TRAVIS, TRAVIS_BRANCH: "main", TRAVIS_TAG: "main" },
    from("travis", { ...nothing, tag: "main" }),
  ],
  [
    "Travis, pull request",
    { ...TRAVIS, TRAVIS_BRANCH: "main", TRAVIS_PULL_REQUEST: "7", TRAVIS_PULL_REQUEST_BRANCH: "develop" },
    from("travis", { branch: "develop", ...pr("7", "main") }),
  ],
  [
    "Buildkite, push",
    { BUILDKITE: "true", BUILDKITE_BRANCH: "develop", BUILDKITE_PULL_REQUEST: "false" },
    from("buildkite", develop),
  ],
  [
    "Semaphore, tag",
    { SEMAPHORE: "true", SEMAPHORE_GIT_BRANCH: "refs/tags/v1.4.0" },
    from("semaphore", { ...nothing, tag: "v1.4.0" }),
  ],
  ["Semaphore without its variables", { SEMAPHORE: "true" }, unnamed],
  [
    "Drone, pull request",
    { ...DRONE, DRONE_BUILD_EVENT: "pull_request", DRONE_PULL_REQUEST: "7" },
    from("drone", pr("7", "main")),
  ],
  [
    "Woodpecker, push",
    { CI: "woodpecker", CI_COMMIT_BRANCH: "develop", CI_PIPELINE_EVENT: "push" },
    from("woodpecker", develop),
  ],
  ["TeamCity without its properties", { TEAMCITY_VERSION: "2026.1", BUILD_VCS_NUMBER: COMMIT }, unnamed],
  ["Netlify without its repository", { NETLIFY: "true", HEAD: "develop" }, unnamed],
  ["a CI that nobody knows", { CI: "true", BRANCH: "develop" }, unnamed],
];

describeRecorded("by env-ci", "git", ofOthers);

import type { Aws } from "@sluice/aws";
import { createRedactor } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { expect, it } from "vitest";
import { actorOf, holderName } from "./actor.ts";

const aws = (arn: string | null): Pick<Aws, "identity"> => ({
  identity: async () => {
    if (arn === null) throw new Error("no network");
    return { account: "111111111111", arn };
  },
});

const contextOf = (env: Readonly<Record<string, string>>) =>
  testContext({ cwd: "/", env, redact: createRedactor(env) });

it.each<[string, Readonly<Record<string, string>>, string, string | null]>([
  [
    "GitLab",
    { GITLAB_USER_LOGIN: "ada", CI_JOB_URL: "https://gitlab.example.com/team/app/-/jobs/71" },
    "ada",
    "https://gitlab.example.com/team/app/-/jobs/71",
  ],
  [
    "GitHub",
    {
      GITHUB_ACTOR: "ada",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "team/app",
      GITHUB_RUN_ID: "42",
    },
    "ada",
    "https://github.com/team/app/actions/runs/42",
  ],
  [
    "Bitbucket",
    {
      BITBUCKET_STEP_TRIGGERER_UUID: "{1-2}",
      BITBUCKET_GIT_HTTP_ORIGIN: "https://bitbucket.org/team/app",
      BITBUCKET_BUILD_NUMBER: "9",
    },
    "{1-2}",
    "https://bitbucket.org/team/app/pipelines/results/9",
  ],
  ["Jenkins", { BUILD_USER_ID: "ada", BUILD_URL: "https://ci/job/app/7/" }, "ada", "https://ci/job/app/7/"],
  [
    "Azure Pipelines",
    {
      BUILD_REQUESTEDFOREMAIL: "ada@example.com",
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: "https://dev.azure.com/acme/",
      SYSTEM_TEAMPROJECT: "app",
      BUILD_BUILDID: "12",
    },
    "ada@example.com",
    "https://dev.azure.com/acme/app/_build/results?buildId=12",
  ],
])("is named by %s", async (_ci, env, user, job) => {
  const identity = "arn:aws:sts::111111111111:assumed-role/deploy/ci";
  expect(await actorOf(contextOf(env), aws(identity))).toEqual({ identity, user, job });
});

it("is the user of this machine where no CI says who, and needs no STS", async () => {
  const { identity, user, job } = await actorOf(contextOf({}), aws(null));
  expect([identity, job]).toEqual([null, null]);
  expect(user).toMatch(/^.+@.+$/);
});

it("has no secret in it, wherever a variable holds one", async () => {
  const env = {
    GITLAB_USER_LOGIN: "hunter2-secret",
    CI_JOB_TOKEN: "hunter2-secret",
    CI_JOB_URL: "https://gitlab-ci:glpat-abcdefghijklmnopqrstu@gitlab.example.com/jobs/1?private=hunter2",
  };
  const actor = await actorOf(contextOf(env), aws(null));
  expect(actor).toMatchObject({ user: "[redacted]", job: "https://gitlab.example.com/jobs/1" });
  expect(holderName(contextOf(env), "deploy")).not.toMatch(/hunter2|glpat/);
  expect((await actorOf(contextOf({ BUILD_URL: "file:///etc/passwd" }), aws(null))).job).toBeNull();
});

it("is told to whoever waits: who, what and where", () => {
  const env = { GITHUB_ACTOR: "ada", BUILD_URL: "https://ci/job/7" };
  expect(holderName(contextOf(env), "deploy")).toBe("ada, sluice deploy, https://ci/job/7");
});

import { hostname, userInfo } from "node:os";
import type { Aws } from "@sluice/aws";
import type { Actor, RunContext } from "@sluice/core";

type Env = RunContext["env"];

/**
 * What CI services say of who began a job. Sources: the lists of predefined variables of GitLab, GitHub, Bitbucket, Bamboo,
 * Jenkins' build user plugin, CodeBuild, CircleCI, Azure Pipelines and Buildkite.
 */
const USERS: readonly string[] = [
  "GITLAB_USER_LOGIN",
  "GITHUB_TRIGGERING_ACTOR",
  "GITHUB_ACTOR",
  "BITBUCKET_STEP_TRIGGERER_UUID",
  "bamboo_ManualBuildTriggerReason_userName",
  "BUILD_USER_ID",
  "CODEBUILD_INITIATOR",
  "CIRCLE_USERNAME",
  "BUILD_REQUESTEDFOREMAIL",
  "BUILDKITE_BUILD_CREATOR",
];

/** Variables that hold the job's address. */
const JOBS: readonly string[] = [
  "CI_JOB_URL",
  "bamboo_resultsUrl",
  "CODEBUILD_BUILD_URL",
  "CIRCLE_BUILD_URL",
  "BUILDKITE_BUILD_URL",
  "TRAVIS_BUILD_WEB_URL",
  // Jenkins'; and anybody's.
  "BUILD_URL",
];

/** Addresses that are put together of several variables. */
const TEMPLATES: readonly string[] = [
  "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
  "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
  "{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
];

function fill(template: string, env: Env): string | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  if (!names.every((name) => env[name])) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => env[name] ?? "");
}

/** An address without what may be a secret in it: user, password, and a query that is not a number. */
function safeUrl(text: string, context: Pick<RunContext, "redact">): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return null;
  url.username = "";
  url.password = "";
  if (!/^\?\w+=\d+$/.test(url.search)) url.search = "";
  return context.redact(url.href);
}

/** Address of the CI job that runs this; `null` where there is none. */
function jobOf({ env, redact }: Pick<RunContext, "env" | "redact">): string | null {
  const given = JOBS.map((name) => env[name]);
  const made = TEMPLATES.map((template) => fill(template, env));
  const [job] = [...made, ...given].filter((text) => text !== undefined && text !== "");
  return job === undefined ? null : safeUrl(job, { redact });
}

/** Who began this: by the CI's word, else whose session this is. */
function userOf({ env, redact }: Pick<RunContext, "env" | "redact">): string | null {
  const [named] = USERS.map((name) => env[name]).filter((text) => text !== undefined && text !== "");
  return redact(named ?? `${systemUser(env)}@${hostname()}`);
}

/** In a container without an entry for the user's number, the system knows no name. */
function systemUser(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER || env.USERNAME || "somebody";
  }
}

/**
 * Who deploys, for records: the ARN that STS names (one call, no permission needed), the user and the CI job. Nothing in it is a
 * secret. What cannot be known is `null`.
 */
export async function actorOf(context: RunContext, aws: Pick<Aws, "identity">): Promise<Actor> {
  const identity = await aws.identity().then(
    ({ arn }) => arn,
    () => null,
  );
  return { identity, user: userOf(context), job: jobOf(context) };
}

/** Who holds an environment, in words: `ada@build-7, sluice deploy, https://…`. */
export function holderName(context: RunContext, command: string): string {
  return [userOf(context), `sluice ${command}`, jobOf(context)].filter((part) => part !== null).join(", ");
}

import { namesAtHead, remotes } from "../git/names.ts";
import type { Place } from "../git/run.ts";
import { azure } from "./azure.ts";
import { bamboo } from "./bamboo.ts";
import { bitbucket } from "./bitbucket.ts";
import { circleci } from "./circleci.ts";
import { type CiClaim, type CiService, given, type Variables } from "./claim.ts";
import { codebuild } from "./codebuild.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { jenkins } from "./jenkins.ts";
import { readOther } from "./other.ts";

/**
 * In this order: GitHub and GitLab have runners on CodeBuild, which set its variables as well.
 *
 * These eight are read here and not by env-ci, which takes Bitbucket's and external pull requests for pushes, tags for
 * branches, guesses a branch in CodeBuild, and takes CircleCI's pushes for pull requests.
 */
const SERVICES: readonly CiService[] = [
  github,
  gitlab,
  bitbucket,
  bamboo,
  jenkins,
  codebuild,
  azure,
  circleci,
];

/** What CI says that it runs for, or `null` outside of any that is known. */
export async function readClaim(env: Variables): Promise<CiClaim | null> {
  const service = SERVICES.find(({ sign }) => given(env, sign) !== null);
  return service === undefined ? readOther(env) : { ...service.read(env), service: service.name };
}

async function withoutRemote(branch: string, place: Place): Promise<string> {
  const [first = "", ...rest] = branch.split("/");
  if (rest.length === 0) return branch;
  return first === "origin" || (await remotes(place)).includes(first) ? rest.join("/") : branch;
}

/** Clears a claim's doubt by what the repository has. */
export async function settleDoubt(claim: CiClaim, place: Place): Promise<CiClaim> {
  const { branch, doubt } = claim;
  if (branch === null || doubt === null) return claim;
  if (doubt === "remote") return { ...claim, branch: await withoutRemote(branch, place), doubt: null };
  const { branches, tags } = await namesAtHead(place);
  const isTag = tags.includes(branch) && !branches.includes(branch);
  return isTag ? { ...claim, branch: null, tag: branch, doubt: null } : { ...claim, doubt: null };
}

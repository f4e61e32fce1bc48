import { devNull } from "node:os";
import type { CiAnswer } from "env-ci";
import { NAMELESS, parseRef, type RefName } from "../ref-name.ts";
import { type CiClaim, given, type Variables } from "./claim.ts";

/** The variables by which env-ci 11 knows the services that are not read here. */
export const SIGNS: readonly string[] = [
  "APPVEYOR",
  "BITRISE_IO",
  "BUDDY_WORKSPACE_ID",
  "BUILDKITE",
  "CF_BUILD_ID",
  "CF_PAGES",
  "CIRRUS_CI",
  "CI_NAME",
  "DISTELLI_APPNAME",
  "DRONE",
  "JB_SPACE_EXECUTION_NUMBER",
  "NETLIFY",
  "NOW_GITHUB_DEPLOYMENT",
  "SAILCI",
  "SCREWDRIVER",
  "SCRUTINIZER",
  "SEMAPHORE",
  "SHIPPABLE",
  "TEAMCITY_VERSION",
  "TRAVIS",
  "VELA",
  "VERCEL",
  "WERCKER_MAIN_PIPELINE_STARTED",
];

async function ask(env: Variables): Promise<CiAnswer> {
  // 50 ms of import, which only these services pay.
  const { default: envCi } = await import("env-ci");
  try {
    // For TeamCity and Semaphore env-ci asks git where a variable is missing, and then takes any remote branch at the
    // commit. In a place that is no folder git gives nothing, and the repository is asked here instead.
    return envCi({ env: { ...env }, cwd: devNull });
  } catch {
    // Netlify without REPOSITORY_URL
    return {};
  }
}

function nameOf(answer: CiAnswer): RefName {
  const text = answer.branch ?? "";
  // TeamCity calls the default branch "<default>", whichever it is.
  const ref = text === "" || text === "<default>" ? NAMELESS : parseRef(text);
  if (answer.isPr === true) {
    const id = String(answer.pr ?? ref.pullRequest?.id ?? "unknown");
    return { branch: answer.prBranch ?? null, tag: null, pullRequest: { id, target: ref.branch } };
  }
  // Travis and others give a tag as the branch too.
  return answer.tag ? { ...NAMELESS, tag: answer.tag } : ref;
}

/** Reads every further service that env-ci knows; `null` when the environment shows none of them. */
export async function readOther(env: Variables): Promise<CiClaim | null> {
  if (env.CI !== "woodpecker" && given(env, ...SIGNS) === null) return null;
  const answer = await ask(env);
  if (answer.service === undefined) return null;
  return { ...nameOf(answer), service: answer.service, commit: answer.commit ?? null, doubt: null };
}

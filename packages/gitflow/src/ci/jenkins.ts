import { NAMELESS, parseRef, type RefName } from "../ref-name.ts";
import { type CiClaim, type CiService, given, type Variables } from "./claim.ts";

/** Gerrit Trigger's events that say that something has been merged; all others are about changes under review. */
const GERRIT_MERGED = /^(?:change-merged|ref-updated)$/;

function reviewOf(env: Variables): RefName["pullRequest"] {
  const id = given(env, "CHANGE_ID", "ghprbPullId", "gitlabMergeRequestIid", "gitlabMergeRequestId");
  const target = given(env, "CHANGE_TARGET", "ghprbTargetBranch", "gitlabTargetBranch", "GERRIT_BRANCH");
  if (id !== null) return { id, target };
  const event = given(env, "GERRIT_EVENT_TYPE");
  if (event === null || GERRIT_MERGED.test(event)) return null;
  return { id: given(env, "GERRIT_CHANGE_NUMBER") ?? "unknown", target };
}

function tagOf(env: Variables): string | null {
  const pushed =
    env.gitlabActionType === "TAG_PUSH" ? given(env, "gitlabSourceBranch", "gitlabBranch") : null;
  return given(env, "TAG_NAME") ?? pushed?.replace(/^refs\/tags\//, "") ?? null;
}

/** The branch, and whether its name may begin with a remote's, as that of the Git plugin's GIT_BRANCH does. */
function branchOf(env: Variables): RefName & Pick<CiClaim, "doubt"> {
  const short = given(env, "BRANCH_NAME", "GIT_LOCAL_BRANCH");
  if (short !== null) return { ...NAMELESS, branch: short, doubt: null };
  const remote = given(env, "GIT_BRANCH")?.replace(/^remotes\//, "refs/remotes/");
  // "detached": the job checks out a commit
  if (remote === undefined || remote === "detached")
    return { ...NAMELESS, branch: given(env, "gitlabBranch"), doubt: null };
  return { ...parseRef(remote), doubt: remote.startsWith("refs/") ? null : "remote" };
}

/**
 * Jenkins: multibranch projects, else the Git plugin, else the triggers for GitLab, GitHub pull requests and Gerrit.
 *
 * jenkins.io, "Using environment variables" and the Git plugin's page: BRANCH_NAME of a change request is arbitrary (PR-7)
 * and of a tag its name; GIT_BRANCH is `origin/develop`.
 */
export const jenkins: CiService = {
  name: "jenkins",
  sign: "JENKINS_URL",
  read: (env) => {
    const commit = given(env, "ghprbActualCommit", "GIT_COMMIT");
    const review = reviewOf(env);
    if (review !== null) {
      const source = given(env, "CHANGE_BRANCH", "ghprbSourceBranch", "gitlabSourceBranch");
      return { branch: source, tag: null, pullRequest: review, commit, doubt: null };
    }
    const tag = tagOf(env);
    if (tag !== null) return { ...NAMELESS, tag, commit, doubt: null };
    return { ...branchOf(env), commit };
  },
};

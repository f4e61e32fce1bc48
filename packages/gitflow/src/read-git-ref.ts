import type { GitRef } from "@sluice/core";
import type { CiClaim } from "./ci/claim.ts";
import { readClaim, settleDoubt } from "./ci/read-claim.ts";
import { describeRef, gitflowErrors } from "./errors.ts";
import { namesAtHead, peelToCommit } from "./git/names.ts";
import type { Place } from "./git/run.ts";
import { readWorkTree, type WorkTree } from "./git/work-tree.ts";
import { isBranchName, NAMELESS, parseRef, type RefName } from "./ref-name.ts";

export interface ReadGitRefOptions {
  /** Absolute path of a folder in the repository. */
  readonly cwd: string;
  /** The whole environment, for CI's variables and for git. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--branch`: a branch's name, or a full ref such as `refs/tags/v1.0.0`. Goes before CI and git. */
  readonly branch?: string;
}

function checked<N extends RefName>(name: N, source: string): N {
  const text = name.branch ?? name.tag;
  if (text !== null && !isBranchName(text)) throw gitflowErrors.branchInvalid(text, source);
  return name;
}

/**
 * A deployment of one commit under the name of another would reach the wrong environment, so CI and git must agree on the
 * commit. Two cases are legitimate: a pull request, whose merge only CI knows and which deploys nowhere; and a branch that
 * is checked out by its name and has moved on, as when the job itself commits a version.
 */
async function assertAgreement(claim: CiClaim, tree: WorkTree, place: Place): Promise<void> {
  const named = claim.commit?.toLowerCase() ?? "";
  if (claim.pullRequest !== null || tree.commit === null || !/^[0-9a-f]{7,64}$/.test(named)) return;
  if (tree.commit.startsWith(named)) return;
  if (tree.branch !== null && tree.branch === claim.branch) return;
  if ((await peelToCommit(named, place)) === tree.commit) return;
  throw gitflowErrors.ciContradictsGit(claim.service, describeRef(claim), named, tree.commit);
}

async function nameByCi(claim: CiClaim, tree: WorkTree | null, place: Place): Promise<RefName> {
  if (tree === null) return claim;
  const settled = await settleDoubt(claim, place);
  await assertAgreement(settled, tree, place);
  return settled;
}

/** A detached HEAD has the name of its tag, if it has just one; a branch that happens to be there is never guessed. */
async function nameByGit(tree: WorkTree | null, place: Place): Promise<RefName> {
  if (tree === null || tree.branch !== null || tree.commit === null)
    return { ...NAMELESS, branch: tree?.branch ?? null };
  const [tag, ...others] = (await namesAtHead(place)).tags;
  return { ...NAMELESS, tag: others.length === 0 ? (tag ?? null) : null };
}

function hasName(name: RefName): boolean {
  return name.branch !== null || name.tag !== null || name.pullRequest !== null;
}

/**
 * Reads which branch, tag or pull request a run is for: from the option, else from CI, else from git. The commit and
 * whether the tree is dirty are always those of the work tree. One `git status` on the usual path; one or two more calls
 * for a detached HEAD without CI, or where CI's variables leave a doubt.
 *
 * A pull request that CI builds stays one whatever the option says.
 *
 * @returns `commit` and `dirty` are `null` outside of a repository; `commit` alone before the first commit
 * @throws SLUICE_BRANCH_INVALID, SLUICE_CI_CONTRADICTS_GIT, and what `git status` fails with: SLUICE_GIT_NOT_INSTALLED,
 *   SLUICE_GIT_DUBIOUS_OWNERSHIP, SLUICE_GIT_NO_WORK_TREE, SLUICE_GIT_BROKEN_LINK, SLUICE_GIT_FAILED
 */
export async function readGitRef(options: ReadGitRefOptions): Promise<GitRef> {
  const { cwd, env, branch } = options;
  const place: Place = { cwd, env };
  const asked = branch === undefined ? null : checked(parseRef(branch), "--branch");
  const [tree, claim] = await Promise.all([readWorkTree(place), readClaim(env)]);
  const facts = { commit: tree?.commit ?? null, dirty: tree === null ? null : tree.changed.length > 0 };
  const make = ({ branch, tag, pullRequest }: RefName, source: string): GitRef => ({
    branch,
    tag,
    commit: facts.commit,
    dirty: facts.dirty,
    pullRequest,
    source,
  });
  if (asked !== null)
    return make({ ...asked, pullRequest: claim?.pullRequest ?? asked.pullRequest }, "option");
  if (claim !== null && hasName(claim)) {
    const source = `ci:${claim.service}`;
    return make(checked(await nameByCi(claim, tree, place), source), source);
  }
  return make(await nameByGit(tree, place), "git");
}

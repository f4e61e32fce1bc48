import { type GitRef, type SluiceError, sluiceError } from "@sluice/core";

/**
 * Text from outside, for a sentence: quoted where it holds blanks or what a terminal would act on, which is written as
 * an escape then. A branch or a file may be named whatever its author liked.
 */
export function shown(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  if (/^[^\p{C}\s]+$/u.test(short)) return short;
  return JSON.stringify(short).replace(/\p{C}/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function listed(names: readonly string[], limit = 5): string {
  const rest = names.length - limit;
  return names.slice(0, limit).map(shown).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** `branch develop`, `tag v1.0.0`, `pull request 7`, or `a detached HEAD`, for sentences. */
export function describeRef(ref: Pick<GitRef, "branch" | "tag" | "pullRequest">): string {
  if (ref.pullRequest !== null) return `pull request ${shown(ref.pullRequest.id)}`;
  if (ref.tag !== null) return `tag ${shown(ref.tag)}`;
  return ref.branch === null ? "a detached HEAD" : `branch ${shown(ref.branch)}`;
}

/** What stops a git ref from being read, and what makes a gate refuse. One function per code. */
export const gitflowErrors = {
  branchInvalid: (name: string, source: string): SluiceError =>
    sluiceError({
      code: "SLUICE_BRANCH_INVALID",
      kind: "usage",
      message: `${name === "" ? "An empty text" : shown(name)} is not a name that git allows.`,
      where: source,
      hint: "Give a name as git shows it, such as develop or release/1.4.0. Without --branch and SLUICE_BRANCH, CI or git is asked.",
    }),
  patternInvalid: (pattern: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_BRANCH_PATTERN_INVALID",
      kind: "usage",
      message: `The branch pattern ${JSON.stringify(pattern)} cannot be used: ${reason}.`,
      where: `branches[${JSON.stringify(pattern)}]`,
      hint: "Write a branch name, or a pattern such as release/* or {main,master}.",
    }),
  ciContradictsGit: (service: string, named: string, ciCommit: string, commit: string): SluiceError =>
    sluiceError({
      code: "SLUICE_CI_CONTRADICTS_GIT",
      kind: "refusal",
      message: `CI (${service}) says that this is ${named} at ${ciCommit.slice(0, 12)}, but ${commit.slice(0, 12)} is checked out.`,
      where: `ci:${service}`,
      hint: "Check out the commit that CI runs for; or, if the other commit is meant, name the branch that it belongs to with --branch.",
    }),
  notInstalled: (cwd: string, cause: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_GIT_NOT_INSTALLED",
        kind: "usage",
        message: "There is a git repository here, but the command git was not found.",
        where: cwd,
        hint: "Install git, or take a build image that has it (node:22 has, node:22-slim and node:22-alpine have not).",
      },
      cause,
    ),
  dubiousOwnership: (folder: string): SluiceError =>
    sluiceError({
      code: "SLUICE_GIT_DUBIOUS_OWNERSHIP",
      kind: "usage",
      message: `git refuses to read ${shown(folder)}, because it belongs to another user.`,
      where: folder,
      hint: `If you trust it, run: git config --global --add safe.directory '${folder}'`,
    }),
  noWorkTree: (cwd: string): SluiceError =>
    sluiceError({
      code: "SLUICE_GIT_NO_WORK_TREE",
      kind: "usage",
      message: `${cwd} is inside a bare repository or a .git folder: no files are checked out there.`,
      where: cwd,
      hint: "Run Sluice in a clone or a worktree, or name one with --cwd. In a hook: git worktree add, or git clone into a temporary folder.",
    }),
  brokenLink: (cwd: string, said: string): SluiceError =>
    sluiceError({
      code: "SLUICE_GIT_BROKEN_LINK",
      kind: "usage",
      message: `The .git file of ${cwd} leads to a repository that is not there (${said}).`,
      where: cwd,
      hint: "A worktree or submodule needs the repository that it belongs to: mount or restore that one too, or make a clone.",
    }),
  failed: (command: string, cwd: string, said: string, cause?: unknown): SluiceError =>
    sluiceError(
      {
        code: "SLUICE_GIT_FAILED",
        kind: "usage",
        message: `\`git ${command}\` failed${said === "" ? "" : `: ${said}`}.`,
        where: cwd,
        hint: "Run `git status` in that folder and mend what it complains about.",
      },
      cause,
    ),
  detachedHead: (branches: readonly string[], tags: readonly string[]): SluiceError => {
    const at = branches.length === 0 ? "" : ` The commit is the tip of ${listed(branches)}.`;
    const tagged = tags.length === 0 ? "" : ` It is tagged ${listed(tags)}.`;
    return sluiceError({
      code: "SLUICE_GIT_DETACHED_HEAD",
      kind: "refusal",
      message: "HEAD is detached and no CI names a branch, so nobody can say which environment is meant.",
      where: "HEAD",
      hint: `Name the branch with --branch or SLUICE_BRANCH, or check it out.${at}${tagged}`,
    });
  },
  notARepository: (cwd: string): SluiceError =>
    sluiceError({
      code: "SLUICE_NOT_A_REPOSITORY",
      kind: "refusal",
      message: `${cwd} is in no git repository, so a deployment could not say which commit it runs.`,
      where: cwd,
      hint: "Deploy from a clone (in CodePipeline: output artifact format Full clone), or give --environment with one that has allowAnyBranch: true.",
    }),
  noCommits: (cwd: string): SluiceError =>
    sluiceError({
      code: "SLUICE_GIT_NO_COMMITS",
      kind: "refusal",
      message: `The git repository of ${cwd} has no commit yet, so a deployment could not say what it runs.`,
      where: cwd,
      hint: "Commit first: git add --all && git commit.",
    }),
  pullRequest: (id: string, environment: string): SluiceError =>
    sluiceError({
      code: "SLUICE_PULL_REQUEST_NOT_DEPLOYED",
      kind: "refusal",
      message: `This run builds pull request ${shown(id)}, which deploys nowhere: not to ${environment} either.`,
      where: `environments.${environment}`,
      hint: "Leave --environment away to build and check it. It deploys when it is merged, by the branch that it is merged into.",
    }),
  branchNotAllowed: (described: string, environment: string, reason: string): SluiceError =>
    sluiceError({
      code: "SLUICE_BRANCH_NOT_ALLOWED",
      kind: "refusal",
      message: `The environment ${environment} does not take ${described}. ${reason}`,
      where: `environments.${environment}`,
      hint: `Deploy from a branch that maps to ${environment}, or set allowAnyBranch: true on it.`,
    }),
  versionMismatch: (described: string, where: string, message: string, hint: string): SluiceError =>
    sluiceError({
      code: "SLUICE_RELEASE_VERSION_MISMATCH",
      kind: "refusal",
      message: `The rule of ${described} asks for the package version: ${message}.`,
      where,
      hint,
    }),
  dirtyTree: (commit: string | null, environment: string, files: readonly string[]): SluiceError =>
    sluiceError({
      code: "SLUICE_DIRTY_TREE",
      kind: "refusal",
      message: `The work tree differs from ${commit === null ? "what is committed" : `commit ${commit.slice(0, 12)}`}${files.length === 0 ? "" : `: ${listed(files)}`}.`,
      where: `environments.${environment}`,
      hint: "Commit, ignore (.gitignore) or remove these files; or give --allow-dirty, or set allowDirty: true on the environment.",
    }),
};

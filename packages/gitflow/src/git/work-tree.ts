import { gitFailure, isNoRepository } from "./failure.ts";
import { type Place, runGit } from "./run.ts";

/** What `git status` tells of a work tree. */
export interface WorkTree {
  /** `null` for a detached HEAD. */
  readonly branch: string | null;
  /** Object name of HEAD, `null` before the first commit. */
  readonly commit: string | null;
  /** Changed, conflicting and untracked paths, relative to the top of the work tree; a folder ends in `/`. */
  readonly changed: readonly string[];
}

/**
 * The user's own settings must not decide whether a tree counts as clean: untracked files and submodules are asked for
 * explicitly. Sluice's cache is left out at any depth, ignored or not.
 */
const STATUS: readonly string[] = [
  "status",
  "--porcelain=v2",
  "--branch",
  "-z",
  "--untracked-files=normal",
  "--ignore-submodules=none",
  "--no-renames",
  "--no-ahead-behind",
  "--",
  ":/",
  ":(top,exclude,glob)**/.sluice/**",
];

/** Fields before the path, by the letter that a line begins with (git-status(1), "Porcelain Format Version 2"). */
const FIELDS_BEFORE_PATH: Readonly<Record<string, number>> = { "1": 8, u: 10, "?": 1 };

function pathOf(entry: string): string | null {
  const count = FIELDS_BEFORE_PATH[entry.charAt(0)];
  return count === undefined ? null : entry.split(" ").slice(count).join(" ");
}

function parseStatus(output: string): WorkTree {
  const entries = output.split("\0").filter((entry) => entry !== "");
  const header = (name: string): string | undefined =>
    entries.find((entry) => entry.startsWith(`# ${name} `))?.slice(name.length + 3);
  const commit = header("branch.oid");
  const branch = header("branch.head");
  return {
    commit: commit === undefined || commit === "(initial)" ? null : commit,
    branch: branch === undefined || branch === "(detached)" ? null : branch,
    changed: entries.map(pathOf).filter((path) => path !== null),
  };
}

/**
 * Reads branch, commit and changes with one `git status`. It does not write the index.
 *
 * @returns `null` outside of every repository
 * @throws SLUICE_GIT_NOT_INSTALLED, SLUICE_GIT_DUBIOUS_OWNERSHIP, SLUICE_GIT_NO_WORK_TREE, SLUICE_GIT_BROKEN_LINK,
 *   SLUICE_GIT_FAILED
 */
export async function readWorkTree(place: Place): Promise<WorkTree | null> {
  const answer = await runGit(STATUS, place);
  if (answer === null || isNoRepository(answer)) return null;
  if (answer.exitCode !== 0) throw gitFailure("status", answer, place);
  return parseStatus(answer.stdout);
}

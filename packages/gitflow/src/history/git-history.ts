import type { GitHistory } from "@sluice/core";
import { type GitAnswer, type Place, runGit } from "../git/run.ts";

/** A whole object name: SHA-1, or SHA-256 in repositories that have it. Never an option of git's, nor a revision expression. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The same, or its first digits: descriptions of aliases have twelve. Git answers nothing about digits that several objects begin with. */
const ABBREVIATED = /^[0-9a-f]{12,64}$/;

/** What a commit object says of itself. */
interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  /** ISO 8601, UTC. */
  readonly committedAt: string | null;
}

/**
 * Answers questions about commits by git, as far as the repository knows them; every other answer is `null`: an unknown commit,
 * a shallow clone that ends too early, no repository, no git. Each question costs one process at most (whether a clone is shallow
 * one more), and is asked once.
 *
 * Parents, tree and time are read from the commit object itself: a shallow clone has those of its last commit, too, of whose parents
 * `git rev-list` shows nothing.
 */
export function gitHistory(place: Place): GitHistory {
  const ask = asker(place);
  const remembered = new Map<string, Promise<GitAnswer | null>>();
  const once = (...args: readonly string[]): Promise<GitAnswer | null> => {
    const key = args.join(" ");
    const answer = remembered.get(key) ?? ask(args);
    remembered.set(key, answer);
    return answer;
  };
  const objectOf = async (commit: string): Promise<CommitObject | null> => {
    if (!COMMIT.test(commit)) return null;
    return parseCommit(await once("cat-file", "commit", commit));
  };
  const isShallow = async (): Promise<boolean> =>
    (await once("rev-parse", "--is-shallow-repository"))?.stdout.trim() !== "false";
  return {
    isAncestor: async (older, newer) => {
      if (!ABBREVIATED.test(older) || !ABBREVIATED.test(newer)) return null;
      if (older === newer) return true;
      const answer = await once("merge-base", "--is-ancestor", older, newer);
      if (answer?.exitCode === 0) return true;
      // A shallow clone has no path to what lies beyond its end, and says no.
      return answer?.exitCode === 1 && !(await isShallow()) ? false : null;
    },
    parents: async (commit) => (await objectOf(commit))?.parents ?? null,
    tree: async (commit) => (await objectOf(commit))?.tree ?? null,
    committedAt: async (commit) => (await objectOf(commit))?.committedAt ?? null,
  };
}

/** Runs git; `null` for every way not to get an answer. Whoever needs the ref has been told already that git is broken. */
function asker(place: Place): (args: readonly string[]) => Promise<GitAnswer | null> {
  // A question is no reason to fetch: a partial clone would ask its remote for a commit that it lacks.
  const quiet: Place = { ...place, env: { ...place.env, GIT_NO_LAZY_FETCH: "1" } };
  return (args) => runGit(["--no-replace-objects", ...args], quiet).catch(() => null);
}

/** Reads the headers of a commit object: `tree`, one `parent` each, `author`, `committer`, and others up to the first empty line. */
function parseCommit(answer: GitAnswer | null): CommitObject | null {
  if (answer?.exitCode !== 0) return null;
  const [headers = ""] = answer.stdout.split("\n\n", 1);
  const lines = headers.split("\n");
  const valuesOf = (name: string): string[] =>
    lines
      .map((line) => line.split(" "))
      .flatMap(([key, value = ""]) => (key === name && COMMIT.test(value) ? [value] : []));
  const [tree] = valuesOf("tree");
  const committer = lines.find((line) => line.startsWith("committer "));
  return tree === undefined
    ? null
    : { tree, parents: valuesOf("parent"), committedAt: timeOf(committer ?? "") };
}

/** The time at the end of a `committer` line: seconds since 1970, and the zone, which changes nothing about the moment. */
function timeOf(line: string): string | null {
  const [, seconds] = /> (\d{1,11}) [+-]\d{4}$/.exec(line) ?? [];
  return seconds === undefined ? null : new Date(Number(seconds) * 1_000).toISOString();
}

import type { GitHistory } from "@sluice/core";

/** A commit whose deployment may be promoted for another. */
export interface Candidate {
  /** Object name: of a commit; of a tree when it is `same-files`. */
  readonly name: string;
  readonly how:
    | "itself"
    /** The commit merged it, and has its very files. */
    | "merged"
    /** The commit merged it, and has other files too: of what it was merged into. */
    | "merged-with-others"
    /** Some commit has the same files, as a squashed or rebased branch, or what a merge of merges merged. */
    | "same-files";
}

/**
 * The commits that stand for one: itself, then what it merged, then whatever has the same files.
 *
 * Neither the first parent of a merge, which is what was there before, nor what was merged into what was merged stands for it unless
 * it has the same files: both may be of a release that is long out, and the new one would silently stay behind.
 */
export async function* candidatesFor(
  commit: string,
  history: GitHistory | undefined,
): AsyncGenerator<Candidate> {
  yield { name: commit, how: "itself" };
  if (history === undefined) return;
  const [[, ...merged], tree] = await Promise.all([parentsOf(commit, history), history.tree(commit)]);
  for (const name of merged) {
    const isSame = tree !== null && (await history.tree(name)) === tree;
    yield { name, how: isSame ? "merged" : "merged-with-others" };
  }
  if (tree !== null) yield { name: tree, how: "same-files" };
}

const parentsOf = async (commit: string, history: GitHistory): Promise<readonly string[]> =>
  (await history.parents(commit)) ?? [];

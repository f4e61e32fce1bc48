import type { GitHistory } from "@sluice/core";

/** How many merges are followed into each other, and how many commits are looked at in all. */
const DEEPEST = 8;
const MOST = 64;

/** A commit whose deployment may be promoted for another. */
export interface Candidate {
  /** Object name: of a commit; of a tree when it is `same-tree`. */
  readonly name: string;
  readonly how:
    | "itself"
    /** It was merged by the commit, or by one that was. */
    | "merged"
    /** Some commit has the same files, as a squashed or rebased branch. */
    | "same-tree";
}

/**
 * The commits that stand for one: itself, then what it merged, then whatever has the same tree. Of a merge's parents, the first is what
 * was there before: it stands for the merge only when that brought nothing else.
 */
export async function* candidatesFor(
  commit: string,
  history: GitHistory | undefined,
): AsyncGenerator<Candidate> {
  yield { name: commit, how: "itself" };
  if (history === undefined) return;
  const seen = new Set([commit]);
  let level = [commit];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const next: string[] = [];
    for (const merge of level) {
      for (const name of await standingFor(merge, history)) {
        if (seen.has(name) || seen.size > MOST) continue;
        seen.add(name);
        next.push(name);
        yield { name, how: "merged" };
      }
    }
    level = next;
  }
  const tree = await history.tree(commit);
  if (tree !== null) yield { name: tree, how: "same-tree" };
}

/** What a merge commit merged, and what it was merged into if that has the same files; nothing for other commits. */
async function standingFor(commit: string, history: GitHistory): Promise<readonly string[]> {
  const [into, ...merged] = (await history.parents(commit)) ?? [];
  if (into === undefined || merged.length === 0) return [];
  const trees = await Promise.all([history.tree(commit), history.tree(into)]);
  return trees[0] !== null && trees[0] === trees[1] ? [...merged, into] : merged;
}

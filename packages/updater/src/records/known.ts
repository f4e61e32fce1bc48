import type { Actor, ApplyInput, GitHistory } from "@sluice/core";

const NOBODY: Actor = { identity: null, user: null, job: null };

const actors = new WeakMap<NonNullable<ApplyInput["actor"]>, Promise<Actor>>();
const trees = new WeakMap<GitHistory, Map<string, Promise<string | null>>>();

/** Who deploys, asked once. Who cannot be asked is nobody: a record without a name is better than none. */
export function actorOfRun({ actor }: Pick<ApplyInput, "actor">): Promise<Actor> {
  if (actor === undefined) return Promise.resolve(NOBODY);
  const known = actors.get(actor) ?? actor().catch(() => NOBODY);
  actors.set(actor, known);
  return known;
}

/** When a commit was made. */
export async function committedAtOf(
  history: GitHistory | undefined,
  commit: string | null,
): Promise<string | null> {
  if (history === undefined || commit === null) return null;
  return history.committedAt(commit).catch(() => null);
}

/** Object name of a commit's tree, asked once. */
export function treeOf(history: GitHistory | undefined, commit: string | null): Promise<string | null> {
  if (history === undefined || commit === null) return Promise.resolve(null);
  const known = trees.get(history) ?? new Map<string, Promise<string | null>>();
  trees.set(history, known);
  const tree = known.get(commit) ?? history.tree(commit).catch(() => null);
  known.set(commit, tree);
  return tree;
}

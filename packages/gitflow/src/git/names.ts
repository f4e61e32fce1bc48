import { type Place, runGit } from "./run.ts";

/** Branches and tags that point at the commit that is checked out. */
export interface NamesAtHead {
  /** Short names of local and remote branches, each once. */
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}

async function lines(args: readonly string[], place: Place): Promise<readonly string[]> {
  const answer = await runGit(args, place);
  if (answer === null || answer.exitCode !== 0) return [];
  return answer.stdout.split("\n").filter((line) => line !== "");
}

/** Reads {@link NamesAtHead}; nothing where git has no answer, since these names only explain. */
export async function namesAtHead(place: Place): Promise<NamesAtHead> {
  const refs = await lines(["for-each-ref", "--points-at=HEAD", "--format=%(refname)"], place);
  const branches = refs.flatMap((ref) => /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(ref)?.[1] ?? []);
  const tags = refs.flatMap((ref) => /^refs\/tags\/(.+)$/.exec(ref)?.[1] ?? []);
  return { branches: [...new Set(branches)].filter((name) => name !== "HEAD"), tags };
}

/** Names of the remotes, such as `origin`. */
export function remotes(place: Place): Promise<readonly string[]> {
  return lines(["remote"], place);
}

/**
 * The commit that an object name stands for, which may be that of an annotated tag.
 *
 * @param object - hexadecimal
 * @returns `null` when the object is not here, as in a shallow clone
 */
export async function peelToCommit(object: string, place: Place): Promise<string | null> {
  const [commit] = await lines(["rev-parse", "--verify", "--quiet", `${object}^{commit}`], place);
  return commit ?? null;
}

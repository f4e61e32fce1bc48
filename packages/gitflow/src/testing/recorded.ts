import type { GitRef } from "@sluice/core";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGitRef } from "../read-git-ref.ts";

/** Stands for the commit that is checked out. */
export const COMMIT = "(commit)";

/** What CI set for a run, and what is to be read from it. */
export type Recorded = readonly [what: string, env: Record<string, string>, ref: Partial<GitRef>];

export const nothing = { branch: null, tag: null, pullRequest: null } as const;

export function pr(id: string, target: string | null): Partial<GitRef> {
  return { tag: null, pullRequest: { id, target } };
}

/** A detached HEAD, as CI checks out, at a remote branch and two tags, one of which looks like a branch. */
async function checkout(): Promise<GitRepository> {
  const repository = await createGitRepository();
  await repository.commit("a");
  await repository.git("switch", "--quiet", "--detach");
  await repository.git("remote", "add", "origin", repository.path);
  await repository.git("remote", "add", "upstream", repository.path);
  await repository.git("update-ref", "refs/remotes/origin/develop", "HEAD");
  await repository.git("tag", "release/1.3.0");
  await repository.git("tag", "a-second-one");
  return repository;
}

/** One test for each recorded environment, in a real repository. A row's own `source` goes before `source`. */
export function describeRecorded(service: string, source: string, rows: readonly Recorded[]): void {
  describe(service, () => {
    let repository: GitRepository;
    let commit: string;

    beforeAll(async () => {
      repository = await checkout();
      commit = await repository.git("rev-parse", "HEAD");
    });
    afterAll(() => repository.dispose());

    it.each(rows)("%s", async (_what, env, expected) => {
      const real = Object.entries(env).map(([name, value]) => [name, value === COMMIT ? commit : value]);
      const ref = await readGitRef({
        cwd: repository.path,
        env: { ...repository.env, ...Object.fromEntries(real) },
      });
      expect(ref).toMatchObject({ source, ...expected, commit, dirty: false });
    });
  });
}

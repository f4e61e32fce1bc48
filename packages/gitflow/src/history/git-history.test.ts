import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GitHistory } from "@sluice/core";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { beforeEach, describe, expect, it } from "vitest";
import { gitHistory } from "./git-history.ts";
import { resolveCommit } from "./resolve-commit.ts";

let repository: GitRepository;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-history-"));
  repository = await createGitRepository();
  return async () => {
    await repository.dispose();
    await rm(folder, { recursive: true, force: true });
  };
});

const history = (cwd = repository.path, env: Record<string, string> = {}): GitHistory =>
  gitHistory({ cwd, env: { ...repository.env, ...env } });

/** main: a ── merge; side: a ── b. */
async function merged(): Promise<{ a: string; b: string; c: string; merge: string }> {
  await repository.write("a.txt", "a");
  const a = await repository.commit("a");
  await repository.git("switch", "--quiet", "-c", "side");
  await repository.write("b.txt", "b");
  const b = await repository.commit("b");
  await repository.git("switch", "--quiet", "main");
  await repository.write("c.txt", "c");
  const c = await repository.commit("c");
  await repository.git("merge", "--quiet", "--no-ff", "-m", "merge\n\nparent of a text\ntree house", "side");
  return { a, b, c, merge: await repository.git("rev-parse", "HEAD") };
}

describe("gitHistory", () => {
  it("knows ancestors, parents in order, and trees", async () => {
    const { a, b, c, merge } = await merged();
    const asked = history();
    expect(await asked.isAncestor(a, merge)).toBe(true);
    expect(await asked.isAncestor(b, merge)).toBe(true);
    expect(await asked.isAncestor(merge, b)).toBe(false);
    expect(await asked.isAncestor(b, c)).toBe(false);
    expect(await asked.isAncestor(b, b)).toBe(true);
    expect(await asked.parents(merge)).toEqual([c, b]);
    expect(await asked.parents(a)).toEqual([]);
    expect(await asked.tree(merge)).toBe(await repository.git("rev-parse", "HEAD^{tree}"));
  });

  it("knows commits by their first twelve digits", async () => {
    const { a, b, c } = await merged();
    const asked = history();
    expect(await asked.isAncestor(a.slice(0, 12), c)).toBe(true);
    expect(await asked.isAncestor(b, c.slice(0, 12))).toBe(false);
    expect(await asked.isAncestor("0".repeat(12), c)).toBeNull();
  });

  it("finds two commits of the same tree", async () => {
    const { merge } = await merged();
    await repository.git("switch", "--quiet", "--orphan", "squashed");
    await repository.git("checkout", merge, "--", ".");
    const squashed = await repository.commit("all at once");
    const asked = history();
    expect(await asked.tree(squashed)).toBe(await asked.tree(merge));
    expect(await asked.isAncestor(merge, squashed)).toBe(false);
  });

  it("knows when a commit was made, in UTC, whoever wrote what into the message", async () => {
    const { merge } = await merged();
    const tree = await repository.git("rev-parse", `${merge}^{tree}`);
    const dated = async (date: string): Promise<string> => {
      const headers = [
        `tree ${tree}`,
        "author A <a@b> 1000000000 +0000",
        `committer b> 1 +0000 <c@d> ${date}`,
      ];
      await repository.write("object.txt", `${headers.join("\n")}\n\nall\ncommitter x <x@y> 1 +0000\n`);
      return repository.git("hash-object", "-t", "commit", "--literally", "-w", "object.txt");
    };
    const asked = history();
    expect(await asked.committedAt(await dated("1761998645 +0200"))).toBe("2025-11-01T12:04:05.000Z");
    expect(await asked.committedAt(await dated("1761998645 -0730"))).toBe("2025-11-01T12:04:05.000Z");
    expect(await asked.committedAt(await dated("yesterday"))).toBeNull();
  });

  it("does not know what a shallow clone lacks, and knows the parents of its last commit", async () => {
    const { a, b, c, merge } = await merged();
    const clone = join(folder, "shallow");
    await repository.git("clone", "--quiet", "--depth=1", `file://${repository.path}`, clone);
    const asked = history(clone);
    expect(await asked.parents(merge)).toEqual([c, b]);
    expect(await asked.tree(merge)).toBe(await history().tree(merge));
    expect(await asked.parents(b)).toBeNull();
    expect(await asked.committedAt(merge)).toBe(await history().committedAt(merge));
    expect(await asked.committedAt(merge)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect(await asked.committedAt(b)).toBeNull();
    expect(await asked.isAncestor(a, merge)).toBeNull();
    expect(await asked.isAncestor(merge, merge)).toBe(true);
    const deeper = join(folder, "deeper");
    await repository.git("clone", "--quiet", "--depth=2", `file://${repository.path}`, deeper);
    expect(await history(deeper).isAncestor(b, merge)).toBe(true);
    // b's line is cut off, so that nobody knows whether c is in it.
    expect(await history(deeper).isAncestor(c, b)).toBeNull();
  });

  it.each(["0".repeat(40), "HEAD", "--all", "main", "", "abc", "0123456789ABCDEF0123456789ABCDEF01234567"])(
    "does not know %j",
    async (commit) => {
      const { merge } = await merged();
      const asked = history();
      expect(await asked.isAncestor(commit, merge)).toBeNull();
      expect(await asked.isAncestor(merge, commit)).toBeNull();
      expect(await asked.parents(commit)).toBeNull();
      expect(await asked.tree(commit)).toBeNull();
      expect(await asked.committedAt(commit)).toBeNull();
    },
  );

  it("does not take another object for a commit", async () => {
    await merged();
    const tree = await repository.git("rev-parse", "HEAD^{tree}");
    expect(await history().parents(tree)).toBeNull();
    expect(await history().tree(tree)).toBeNull();
  });

  it("knows nothing without a repository, and nothing without git", async () => {
    const { a, merge } = await merged();
    for (const asked of [
      history(folder),
      history(repository.path, { PATH: folder }),
      history(join(folder, "x")),
    ]) {
      expect(await asked.isAncestor(a, merge)).toBeNull();
      expect(await asked.parents(merge)).toBeNull();
      expect(await asked.tree(merge)).toBeNull();
      expect(await asked.committedAt(merge)).toBeNull();
    }
  });

  it("asks each question once", async () => {
    const { a, merge } = await merged();
    const asked = history();
    const first = await Promise.all([asked.isAncestor(a, merge), asked.parents(merge), asked.tree(merge)]);
    await rm(join(repository.path, ".git"), { recursive: true });
    expect(await Promise.all([asked.isAncestor(a, merge), asked.parents(merge), asked.tree(merge)])).toEqual(
      first,
    );
  });
});

describe("resolveCommit", () => {
  it("takes digits alone: all of them, or the first where git knows them", async () => {
    const { a, merge } = await merged();
    await repository.git("tag", "-a", "-m", "one", "v1", a);
    await repository.git("branch", "cafebabe", merge);
    const place = { cwd: repository.path, env: repository.env };
    const resolve = (text: string): Promise<string | null> => resolveCommit(text, place);
    expect(await resolve(a)).toBe(a);
    expect(await resolve(a.slice(0, 8).toUpperCase())).toBe(a);
    expect(await resolve(await repository.git("rev-parse", "v1"))).toBe(a);
    expect(await resolve("0".repeat(40))).toBe("0".repeat(40));
    for (const text of ["v1", "main", "HEAD", "000000000", "--all", "", "abc"])
      expect(await resolve(text)).toBeNull();
    const nowhere = { cwd: folder, env: { ...repository.env, PATH: folder } };
    expect(await resolveCommit(merge, nowhere)).toBe(merge);
  });
});

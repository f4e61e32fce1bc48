import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readGitRef } from "./read-git-ref.ts";

let repository: GitRepository;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-gitflow-"));
});
beforeEach(async () => {
  repository = await createGitRepository();
  return () => repository.dispose();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function read(cwd = repository.path, env: Record<string, string> = {}, branch?: string) {
  return readGitRef({
    cwd,
    env: { ...repository.env, ...env },
    ...(branch === undefined ? {} : { branch }),
  });
}

describe("a work tree", () => {
  it("has a branch and a commit", async () => {
    await repository.write("a.txt", "a");
    const commit = await repository.commit("a");
    await repository.git("switch", "--quiet", "--create", "release/1.4.0");
    expect(await read()).toEqual({
      branch: "release/1.4.0",
      tag: null,
      commit,
      dirty: false,
      pullRequest: null,
      source: "git",
    });
  });

  it("has a branch before the first commit", async () => {
    expect(await read()).toMatchObject({ branch: "main", commit: null, dirty: false, source: "git" });
    await repository.write("a.txt", "a");
    expect(await read()).toMatchObject({ branch: "main", commit: null, dirty: true });
  });

  it("is read from a folder inside it, and through a worktree", async () => {
    await repository.write("functions/a/index.ts", "");
    const commit = await repository.commit("a");
    const worktree = join(folder, "worktree");
    await repository.git("worktree", "add", "--quiet", "-b", "hotfix/1.4.1", worktree);
    expect(await read(join(repository.path, "functions/a"))).toMatchObject({ branch: "main", commit });
    expect(await read(worktree)).toMatchObject({ branch: "hotfix/1.4.1", commit, dirty: false });
  });

  it("is read in a shallow clone", async () => {
    await repository.commit("a");
    const commit = await repository.commit("b");
    const clone = join(folder, "shallow");
    await repository.git("clone", "--quiet", "--depth=1", `file://${repository.path}`, clone);
    expect(await read(clone)).toMatchObject({ branch: "main", commit, dirty: false });
  });

  it("is that of a submodule inside one", async () => {
    const commit = await repository.commit("a");
    const outer = await createGitRepository();
    try {
      const add = ["submodule", "--quiet", "add", repository.path, "inner"];
      await outer.git("-c", "protocol.file.allow=always", ...add);
      await outer.commit("outer");
      expect(await read(join(outer.path, "inner"))).toMatchObject({ branch: "main", commit, dirty: false });
      expect(await read(outer.path)).toMatchObject({ dirty: false });
      await outer.write("inner/b.txt", "b");
      await outer.git("config", "submodule.inner.ignore", "all");
      expect(await read(outer.path)).toMatchObject({ dirty: true });
    } finally {
      await outer.dispose();
    }
  });

  it("is that of the folder, whatever a hook's variables say", async () => {
    await repository.commit("a");
    const bare = join(folder, "hook.git");
    await repository.git("clone", "--quiet", "--bare", ".", bare);
    await repository.git("switch", "--quiet", "--create", "develop");
    for (const dir of [".", bare]) {
      expect(await read(repository.path, { GIT_DIR: dir, GIT_INDEX_FILE: "/nowhere" })).toMatchObject({
        branch: "develop",
        dirty: false,
      });
    }
  });

  it.each([
    ["metacharacters", "feature/$(touch$IFS.pwned);`id`&&|<>'\"!#"],
    ["unicode", "feature/überprüfung-日本-😀"],
    ["300 characters", `feature/${"x".repeat(145)}/${"y".repeat(146)}`],
    ["a name like a detached HEAD's", "(detached"],
    ["a name like a full ref", "refs/heads/main"],
    ["a name like a remote branch", "origin/develop"],
  ])("has a branch with %s as data", async (_what, branch) => {
    await repository.commit("a");
    await repository.git("switch", "--quiet", "--create", branch);
    expect(await read()).toMatchObject({ branch, dirty: false });
  });
});

describe("a detached HEAD", () => {
  it("has no branch, even where just one branch is", async () => {
    const commit = await repository.commit("a");
    await repository.git("switch", "--quiet", "--detach");
    expect(await read()).toMatchObject({ branch: null, tag: null, commit, source: "git" });
  });

  it("has its tag, annotated or not", async () => {
    const commit = await repository.commit("a");
    await repository.git("tag", "--annotate", "--message", "one", "v1.0.0");
    await repository.git("switch", "--quiet", "--detach", "v1.0.0");
    expect(await read()).toMatchObject({ branch: null, tag: "v1.0.0", commit });
  });

  it("has no tag where several are", async () => {
    await repository.commit("a");
    await repository.git("tag", "app@1.0.0");
    await repository.git("tag", "lib@2.0.0");
    await repository.git("switch", "--quiet", "--detach");
    expect(await read()).toMatchObject({ branch: null, tag: null });
  });

  it("has the branch of the option", async () => {
    await repository.commit("a");
    await repository.git("switch", "--quiet", "--detach");
    expect(await read(repository.path, {}, "develop")).toMatchObject({
      branch: "develop",
      source: "option",
    });
  });
});

describe("no repository", () => {
  const nothing = { branch: null, tag: null, commit: null, dirty: null, pullRequest: null, source: "git" };

  it("gives nothing", async () => {
    expect(await read(folder)).toEqual(nothing);
    expect(await read(folder, {}, "develop")).toEqual({ ...nothing, branch: "develop", source: "option" });
  });

  it("gives nothing without git either", async () => {
    expect(await read(folder, { PATH: folder })).toEqual(nothing);
  });
});

describe("the option", () => {
  it.each([
    ["develop", { branch: "develop", tag: null }],
    ["refs/heads/develop", { branch: "develop", tag: null }],
    ["refs/heads/refs/heads/main", { branch: "refs/heads/main", tag: null }],
    ["refs/remotes/upstream/release/1.0", { branch: "release/1.0", tag: null }],
    ["origin/develop", { branch: "origin/develop", tag: null }],
    ["refs/tags/release/1.0", { branch: null, tag: "release/1.0" }],
    ["refs/pull/7/merge", { branch: null, pullRequest: { id: "7", target: null } }],
  ])("%s", async (branch, expected) => {
    await repository.commit("a");
    await repository.git("switch", "--quiet", "--create", "elsewhere");
    expect(await read(repository.path, {}, branch)).toMatchObject({ ...expected, source: "option" });
  });

  it.each(["", "a..b", "a b", "-x", "HEAD", "@", "a.lock", "x\u001b[31m", "refs/tags/a..b"])(
    "%j is refused",
    async (branch) => {
      await expect(read(repository.path, {}, branch)).rejects.toMatchObject({
        code: "SLUICE_BRANCH_INVALID",
        exitCode: 2,
      });
    },
  );

  it("does not turn a pull request into a push", async () => {
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/7/merge",
    };
    expect(await read(repository.path, env, "main")).toMatchObject({
      branch: "main",
      pullRequest: { id: "7" },
      source: "option",
    });
  });
});

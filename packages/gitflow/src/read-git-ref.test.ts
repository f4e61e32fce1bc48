import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
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

describe("dirtiness", () => {
  beforeEach(async () => {
    await repository.write("a.txt", "a");
    await repository.write(".gitignore", "ignored/\n");
    await repository.commit("a");
  });

  it.each([
    ["a changed file", "a.txt"],
    ["an untracked file", "b.txt"],
    ["a file in an untracked folder", "sub/deep/c.txt"],
    ["a name with spaces and a line break", "sub/a b\nc.txt"],
  ])("is %s", async (_what, file) => {
    await repository.write(file, "changed");
    expect(await read()).toMatchObject({ dirty: true });
  });

  it("is a staged, a deleted and a renamed file", async () => {
    await repository.git("mv", "a.txt", "b.txt");
    expect(await read()).toMatchObject({ dirty: true });
    await repository.git("reset", "--quiet", "--hard");
    await rm(join(repository.path, "a.txt"));
    expect(await read()).toMatchObject({ dirty: true });
  });

  it("does not depend on the user's settings", async () => {
    await repository.git("config", "status.showUntrackedFiles", "no");
    await repository.write("b.txt", "b");
    expect(await read()).toMatchObject({ dirty: true });
  });

  it("is seen from a folder that has not changed itself", async () => {
    await repository.write("functions/a/index.ts", "");
    await repository.commit("b");
    await repository.write("shared/b.ts", "");
    expect(await read(join(repository.path, "functions/a"))).toMatchObject({ dirty: true });
  });

  it.each(["ignored/b.txt", ".sluice/artifacts/a.zip", "functions/a/.sluice/cache/x"])(
    "is not %s",
    async (file) => {
      await repository.write(file, "b");
      expect(await read()).toMatchObject({ dirty: false });
    },
  );

  it("is found without writing the index", async () => {
    const index = join(repository.path, ".git/index");
    const before = await readFile(index);
    // Plain `git status` would note the new time in the index.
    await utimes(join(repository.path, "a.txt"), 1_000_000_000, 1_000_000_000);
    expect(await read()).toMatchObject({ dirty: false });
    expect(before.equals(await readFile(index))).toBe(true);
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

describe("what git refuses", () => {
  it("is said where git is missing", async () => {
    await expect(read(repository.path, { PATH: folder })).rejects.toMatchObject({
      code: "SLUICE_GIT_NOT_INSTALLED",
      exitCode: 2,
    });
  });

  it("is said of a bare repository and of a .git folder", async () => {
    await repository.commit("a");
    const bare = join(folder, "bare.git");
    await repository.git("clone", "--quiet", "--bare", ".", bare);
    for (const cwd of [bare, join(repository.path, ".git")])
      await expect(read(cwd)).rejects.toMatchObject({ code: "SLUICE_GIT_NO_WORK_TREE" });
  });

  it("is said of a repository of another user, with the way out", async () => {
    await repository.commit("a");
    // git's own switch for testing this (setup.c)
    const refused = read(repository.path, { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" });
    await expect(refused).rejects.toMatchObject({
      code: "SLUICE_GIT_DUBIOUS_OWNERSHIP",
      hint: expect.stringContaining(`safe.directory '${repository.path}'`),
    });
  });

  it("is said of a worktree whose repository is gone", async () => {
    await repository.commit("a");
    const worktree = join(folder, "orphan");
    await repository.git("worktree", "add", "--quiet", worktree);
    await rename(join(repository.path, ".git"), join(repository.path, "moved"));
    await expect(read(worktree)).rejects.toMatchObject({ code: "SLUICE_GIT_BROKEN_LINK" });
  });

  it("is said of a broken configuration and of a folder that is not there", async () => {
    await writeFile(join(repository.path, ".git/config"), "[core\n");
    await expect(read()).rejects.toMatchObject({
      code: "SLUICE_GIT_FAILED",
      message: expect.stringContaining("bad config line 1"),
    });
    await expect(read(join(folder, "absent"))).rejects.toMatchObject({ code: "SLUICE_GIT_FAILED" });
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

it("leaves a folder named .git that is none to git", async () => {
  const odd = join(folder, "odd");
  await mkdir(join(odd, ".git"), { recursive: true });
  expect(await read(odd)).toMatchObject({ branch: null, commit: null, dirty: null });
});

import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { beforeEach, expect, it } from "vitest";
import { readWorkTree } from "./work-tree.ts";

let repository: GitRepository;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-gitflow-"));
  repository = await createGitRepository();
  await repository.commit("a");
  return async () => {
    await repository.dispose();
    await rm(folder, { recursive: true, force: true });
  };
});

function read(cwd = repository.path, env: Record<string, string> = {}) {
  return readWorkTree({ cwd, env: { ...repository.env, ...env } });
}

it("gives nothing outside of every repository, with git or without", async () => {
  expect(await read(folder)).toBeNull();
  expect(await read(folder, { PATH: folder })).toBeNull();
  await mkdir(join(folder, ".git"));
  expect(await read(folder)).toBeNull();
});

it("says that git is missing where a repository is", async () => {
  await mkdir(join(repository.path, "functions/a"), { recursive: true });
  await expect(read(join(repository.path, "functions/a"), { PATH: folder })).rejects.toMatchObject({
    code: "SLUICE_GIT_NOT_INSTALLED",
    exitCode: 2,
  });
});

it("says that a bare repository and a .git folder have no files", async () => {
  const bare = join(folder, "bare.git");
  await repository.git("clone", "--quiet", "--bare", ".", bare);
  const strict = {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.bareRepository",
    GIT_CONFIG_VALUE_0: "explicit",
  };
  await expect(read(bare)).rejects.toMatchObject({ code: "SLUICE_GIT_NO_WORK_TREE" });
  await expect(read(bare, strict)).rejects.toMatchObject({ code: "SLUICE_GIT_NO_WORK_TREE" });
  await expect(read(join(repository.path, ".git"))).rejects.toMatchObject({
    code: "SLUICE_GIT_NO_WORK_TREE",
  });
});

it("gives the way out where the repository belongs to another user", async () => {
  // git's own switch for testing this (setup.c)
  const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
  await expect(read(repository.path, env)).rejects.toMatchObject({
    code: "SLUICE_GIT_DUBIOUS_OWNERSHIP",
    hint: expect.stringContaining(`--add safe.directory '${repository.path}'`),
  });
});

it("says that the repository of a worktree is gone", async () => {
  const worktree = join(folder, "orphan");
  await repository.git("worktree", "add", "--quiet", worktree);
  await rename(join(repository.path, ".git"), join(repository.path, "moved"));
  await expect(read(worktree)).rejects.toMatchObject({ code: "SLUICE_GIT_BROKEN_LINK" });
});

it("gives git's words for everything else", async () => {
  await expect(read(join(folder, "absent"))).rejects.toMatchObject({ code: "SLUICE_GIT_FAILED" });
  await writeFile(join(repository.path, ".git/index"), "not an index");
  await expect(read()).rejects.toMatchObject({
    code: "SLUICE_GIT_FAILED",
    message: expect.stringContaining("index"),
  });
  await writeFile(join(repository.path, ".git/config"), "[core\n");
  await expect(read()).rejects.toMatchObject({
    code: "SLUICE_GIT_FAILED",
    message: expect.stringContaining("bad config line 1"),
  });
});

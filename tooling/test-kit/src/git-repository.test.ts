import { existsSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { createGitRepository, type GitRepository } from "./git-repository.ts";

let repository: GitRepository | undefined;

afterEach(() => repository?.dispose());

it("commits what was written, and goes", async () => {
  repository = await createGitRepository();
  await repository.write("src/a.ts", "export {};\n");
  const commit = await repository.commit("feat: a");
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await repository.git("ls-tree", "-r", "--name-only", "HEAD")).toBe("src/a.ts");
  expect(await repository.git("symbolic-ref", "--short", "HEAD")).toBe("main");
  await repository.dispose();
  expect(existsSync(repository.path)).toBe(false);
});

it("is not misled by the variables of a git hook", async () => {
  process.env["GIT_DIR"] = "/nowhere";
  try {
    repository = await createGitRepository();
    await expect(repository.commit("empty")).resolves.toMatch(/^[0-9a-f]{40}$/);
  } finally {
    delete process.env["GIT_DIR"];
  }
});

it("says what git said when it fails", async () => {
  repository = await createGitRepository();
  await expect(repository.git("checkout", "nowhere")).rejects.toThrow(/did not match any file/);
});

import { readFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { beforeEach, describe, expect, it } from "vitest";
import { readWorkTree } from "./work-tree.ts";

let repository: GitRepository;

beforeEach(async () => {
  repository = await createGitRepository();
  await repository.write("a.txt", "a");
  await repository.write(".gitignore", "ignored/\n");
  await repository.commit("a");
  return () => repository.dispose();
});

async function changed(folder = "."): Promise<readonly string[] | undefined> {
  const tree = await readWorkTree({ cwd: join(repository.path, folder), env: repository.env });
  return tree?.changed;
}

describe("what has changed", () => {
  it.each([
    ["a changed file", "a.txt", "a.txt"],
    ["an untracked file", "b.txt", "b.txt"],
    ["an untracked folder", "sub/deep/c.txt", "sub/"],
    ["a name with spaces and a line break", "a b\nc.txt", "a b\nc.txt"],
    ["a name like a header", "# branch.head main", "# branch.head main"],
  ])("is %s", async (_what, file, shown) => {
    await repository.write(file, "changed");
    expect(await changed()).toEqual([shown]);
  });

  it("is a changed file whose name has spaces", async () => {
    await repository.write("sub/a b c.txt", "");
    await repository.commit("b");
    await repository.write("sub/a b c.txt", "changed");
    expect(await changed()).toEqual(["sub/a b c.txt"]);
  });

  it("is a renamed, a deleted and a conflicting file", async () => {
    await repository.git("mv", "a.txt", "b.txt");
    expect(await changed()).toEqual(["a.txt", "b.txt"]);
    await repository.git("reset", "--quiet", "--hard");
    await rm(join(repository.path, "a.txt"));
    expect(await changed()).toEqual(["a.txt"]);
    await repository.git("reset", "--quiet", "--hard");
    await repository.git("switch", "--quiet", "--create", "other");
    await repository.write("a.txt", "other");
    await repository.commit("other");
    await repository.git("switch", "--quiet", "main");
    await repository.write("a.txt", "main");
    await repository.commit("main");
    await expect(repository.git("merge", "other")).rejects.toThrow();
    expect(await changed()).toEqual(["a.txt"]);
  });

  it("does not depend on the user's settings or variables", async () => {
    await repository.git("config", "status.showUntrackedFiles", "no");
    await repository.write("b.txt", "b");
    const env = { ...repository.env, GIT_LITERAL_PATHSPECS: "1", LANG: "de_DE.UTF-8" };
    expect(await readWorkTree({ cwd: repository.path, env })).toMatchObject({ changed: ["b.txt"] });
  });

  it("is seen from a folder that has not changed itself", async () => {
    await repository.write("functions/a/index.ts", "");
    await repository.commit("b");
    await repository.write("shared/b.ts", "");
    expect(await changed("functions/a")).toEqual(["shared/"]);
  });

  it("is all of many files", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `${"n".repeat(60)}-ü-${index}.txt`);
    await Promise.all(names.map((name) => repository.write(name, "")));
    expect(new Set(await changed())).toEqual(new Set(names));
  });
});

describe("what has not changed", () => {
  it.each(["ignored/b.txt", ".sluice/artifacts/a.zip", "functions/a/.sluice/cache/x"])(
    "is %s",
    async (file) => {
      await repository.write(file, "b");
      expect(await changed()).toEqual([]);
    },
  );

  it("is a file of Sluice's cache that was committed by mistake", async () => {
    await repository.write(".sluice/cache/x", "1");
    await repository.commit("b");
    await repository.write(".sluice/cache/x", "2");
    expect(await changed()).toEqual([]);
  });

  it("is found without writing the index", async () => {
    const index = join(repository.path, ".git/index");
    const before = await readFile(index);
    // Plain `git status` would note the new time in the index.
    await utimes(join(repository.path, "a.txt"), 1_000_000_000, 1_000_000_000);
    expect(await changed()).toEqual([]);
    expect(before.equals(await readFile(index))).toBe(true);
  });
});

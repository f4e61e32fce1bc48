import { join } from "node:path";
import { createGitRepository, type GitRepository } from "@sluice/test-kit";
import { beforeEach, describe, expect, it } from "vitest";
import { readGitRef } from "../read-git-ref.ts";

const STRANGE = "ffac537e6cbbf934b08745a378932722df287a53";

let repository: GitRepository;
let older: string;
let commit: string;

beforeEach(async () => {
  repository = await createGitRepository();
  older = await repository.commit("a");
  commit = await repository.commit("b");
  return () => repository.dispose();
});

function read(sha: string, ref = "refs/heads/develop", more: Record<string, string> = {}, branch?: string) {
  const env = {
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: "push",
    GITHUB_REF: ref,
    GITHUB_SHA: sha,
    ...more,
  };
  return readGitRef({
    cwd: repository.path,
    env: { ...repository.env, ...env },
    ...(branch === undefined ? {} : { branch }),
  });
}

describe("CI that names another commit than the one checked out", () => {
  it.each([
    ["an older one", () => older],
    ["one that is not here", () => STRANGE],
  ])("is refused: %s", async (_what, sha) => {
    await repository.git("switch", "--quiet", "--detach");
    await expect(read(sha())).rejects.toMatchObject({
      code: "SLUICE_CI_CONTRADICTS_GIT",
      exitCode: 3,
      message: expect.stringMatching(/github.*branch develop at .{12}, but .{12} is checked out/),
    });
  });

  it("is refused when another branch is checked out by name", async () => {
    await expect(read(older)).rejects.toMatchObject({ code: "SLUICE_CI_CONTRADICTS_GIT" });
  });

  it("is refused for a tag", async () => {
    await repository.git("switch", "--quiet", "--detach");
    await expect(read(older, "refs/tags/v1.0.0")).rejects.toMatchObject({
      message: expect.stringContaining("tag v1.0.0"),
    });
  });

  it("is right when the branch has moved on, as by a commit of the job itself", async () => {
    await repository.git("switch", "--quiet", "--create", "develop");
    expect(await read(older)).toMatchObject({ branch: "develop", commit });
  });

  it("is right for a pull request, whose merge only CI knows", async () => {
    const more = { GITHUB_EVENT_NAME: "pull_request" };
    expect(await read(STRANGE, "refs/pull/7/merge", more)).toMatchObject({
      pullRequest: { id: "7" },
      commit,
    });
  });

  it("gives way to the option", async () => {
    await repository.git("switch", "--quiet", "--detach");
    expect(await read(older, undefined, {}, "develop")).toMatchObject({ branch: "develop", commit });
  });
});

describe("CI that agrees with git", () => {
  it("may be on another local branch at the same commit", async () => {
    expect(await read(commit)).toMatchObject({ branch: "develop", commit, source: "ci:github" });
  });

  it("may abbreviate, or write capitals", async () => {
    expect(await read(commit.slice(0, 12).toUpperCase())).toMatchObject({ branch: "develop" });
  });

  it("may name the object of an annotated tag", async () => {
    await repository.git("tag", "--annotate", "--message", "one", "v1.0.0");
    const object = await repository.git("rev-parse", "v1.0.0");
    expect(object).not.toBe(commit);
    expect(await read(object, "refs/tags/v1.0.0")).toMatchObject({ tag: "v1.0.0", commit });
  });

  it("may name no commit", async () => {
    expect(await read("")).toMatchObject({ branch: "develop" });
  });
});

it("takes the number of pull_request_target from the event", async () => {
  await repository.write("event.json", JSON.stringify({ pull_request: { number: 7 } }));
  const more = {
    GITHUB_EVENT_NAME: "pull_request_target",
    GITHUB_EVENT_PATH: join(repository.path, "event.json"),
    GITHUB_BASE_REF: "develop",
  };
  expect(await read(STRANGE, undefined, more)).toMatchObject({ pullRequest: { id: "7", target: "develop" } });
});

it("refuses a branch of CI that git would not make", async () => {
  await expect(read(commit, "refs/heads/*/develop")).rejects.toMatchObject({
    code: "SLUICE_BRANCH_INVALID",
    problems: [{ where: "ci:github" }],
  });
});

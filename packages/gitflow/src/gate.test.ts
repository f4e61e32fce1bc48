import { type Config, type GateInput, type GitRef, resolveConfig } from "@sluice/core";
import { createGitRepository, type GitRepository, testContext } from "@sluice/test-kit";
import { beforeEach, describe, expect, it } from "vitest";
import { gitflow } from "./gitflow.ts";
import { readGitRef } from "./read-git-ref.ts";

const CONFIG: Config = {
  functions: { a: "a.ts" },
  environments: {
    dev: { region: "eu-west-1", name: "{function}-dev" },
    open: { region: "eu-west-1", name: "{function}-open", allowAnyBranch: true },
    loose: { region: "eu-west-1", name: "{function}-loose", allowDirty: true },
    prod: { region: "eu-west-1" },
  },
  branches: {
    develop: "dev",
    loose: "loose",
    "release/*": { environment: "dev", matchPackageVersion: true },
    main: "prod",
  },
};

interface Run {
  /** `--environment` */
  readonly named?: string;
  readonly branch?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly allowDirty?: boolean;
  readonly command?: "promote" | "rollback";
}

let repository: GitRepository;

beforeEach(async () => {
  repository = await createGitRepository();
  await repository.commit("a");
  return () => repository.dispose();
});

/** Goes the way of `deploy`: ref, environment, gates. */
async function refusals(run: Run): Promise<readonly string[]> {
  const cwd = run.cwd ?? repository.path;
  const env = { ...repository.env, ...run.env };
  const context = testContext({ cwd, env });
  const { config } = resolveConfig(CONFIG, { file: null, root: cwd });
  const ref: GitRef = await readGitRef({
    cwd,
    env,
    ...(run.branch === undefined ? {} : { branch: run.branch }),
  });
  const plugin = gitflow();
  const choice = await plugin.environment?.({ ref, config, packageVersion: "1.3.0" }, context);
  if (choice === undefined) throw new Error("no choice");
  const name = run.named ?? choice.environment;
  const environment = config.environments.find((each) => each.name === name) ?? null;
  const options = {
    requireExisting: false,
    force: false,
    allowDowngrade: false,
    allowDirty: run.allowDirty ?? false,
  };
  const command = run.command ?? "deploy";
  const input: GateInput = { config, environment, choice, ref, artifacts: [], options, command };
  const errors = (await plugin.gate?.(input, context)) ?? [];
  for (const error of errors) expect(error.exitCode).toBe(3);
  return errors.map((error) => `${error.code} ${error.message} ${error.hint}`);
}

describe("the branch gate", () => {
  it("lets a branch into its own environment, named or not", async () => {
    expect(await refusals({ branch: "develop" })).toEqual([]);
    expect(await refusals({ branch: "develop", named: "dev" })).toEqual([]);
  });

  it("lets a branch that maps nowhere pass: nothing is deployed", async () => {
    expect(await refusals({ branch: "feature/x" })).toEqual([]);
    expect(await refusals({ branch: "refs/tags/v1.0.0" })).toEqual([]);
  });

  it("refuses any other environment", async () => {
    expect(await refusals({ branch: "develop", named: "prod" })).toEqual([
      expect.stringMatching(
        /^SLUICE_BRANCH_NOT_ALLOWED The environment prod does not take branch develop\. /,
      ),
    ]);
    expect(await refusals({ branch: "feature/x", named: "dev" })).toHaveLength(1);
    expect(await refusals({ branch: "refs/tags/main", named: "prod" })).toHaveLength(1);
  });

  it("opens where the configuration says so", async () => {
    expect(await refusals({ branch: "feature/x", named: "open" })).toEqual([]);
  });

  it("refuses a release branch of another version", async () => {
    expect(await refusals({ branch: "release/1.4.0" })).toEqual([
      expect.stringContaining("SLUICE_RELEASE_VERSION_MISMATCH"),
    ]);
    expect(await refusals({ branch: "release/1.3.0" })).toEqual([]);
    expect(await refusals({ branch: "release/1.4.0", named: "open" })).toEqual([]);
  });

  it("refuses a pull request wherever it is sent", async () => {
    const env = { GITHUB_ACTIONS: "1", GITHUB_EVENT_NAME: "pull_request", GITHUB_REF: "refs/pull/7/merge" };
    expect(await refusals({ env })).toEqual([]);
    for (const run of [{ named: "dev" }, { named: "open" }, { named: "dev", branch: "develop" }])
      expect(await refusals({ ...run, env })).toEqual([
        expect.stringContaining("SLUICE_PULL_REQUEST_NOT_DEPLOYED This run builds pull request 7"),
      ]);
  });
});

describe("a ref without a name or a commit", () => {
  it("is refused for a detached HEAD, and the branches there are told", async () => {
    await repository.git("branch", "develop");
    await repository.git("tag", "a");
    await repository.git("tag", "b");
    await repository.git("switch", "--quiet", "--detach");
    const detached = expect.stringMatching(
      /^SLUICE_GIT_DETACHED_HEAD .*--branch.*tip of develop, main\. It is tagged a, b\.$/,
    );
    expect(await refusals({})).toEqual([detached]);
    expect(await refusals({ named: "dev" })).toEqual([detached]);
    expect(await refusals({ named: "open" })).toEqual([]);
    expect(await refusals({ branch: "develop" })).toEqual([]);
  });

  it("is refused outside of a repository", async () => {
    const cwd = "/";
    const outside = expect.stringContaining("SLUICE_NOT_A_REPOSITORY");
    expect(await refusals({ cwd })).toEqual([outside]);
    expect(await refusals({ cwd, branch: "develop" })).toEqual([outside]);
    expect(await refusals({ cwd, named: "prod" })).toEqual([outside]);
    expect(await refusals({ cwd, named: "open" })).toEqual([]);
  });

  it("is refused before the first commit", async () => {
    const empty = await createGitRepository();
    try {
      const none = expect.stringContaining("SLUICE_GIT_NO_COMMITS");
      expect(await refusals({ cwd: empty.path })).toEqual([none]);
      expect(await refusals({ cwd: empty.path, branch: "develop", allowDirty: true })).toEqual([none]);
    } finally {
      await empty.dispose();
    }
  });
});

describe("the dirty gate", () => {
  beforeEach(async () => {
    for (const name of ["a", "b", "c d", "e\u001b[31m", "f", "g", "h"])
      await repository.write(`${name}.txt`, "");
  });

  it("refuses, and names up to five files", async () => {
    const [refusal, ...others] = await refusals({ branch: "develop" });
    expect(others).toEqual([]);
    expect(refusal).toMatch(
      /^SLUICE_DIRTY_TREE The work tree differs from commit [0-9a-f]{12}: a\.txt, b\.txt, "c d\.txt", "e\\u001b\[31m\.txt", f\.txt and 2 more\./,
    );
  });

  it("shows itself together with the branch gate's refusal", async () => {
    const both = await refusals({ branch: "feature/x", named: "dev" });
    expect(both.map((each) => each.split(" ")[0])).toEqual([
      "SLUICE_BRANCH_NOT_ALLOWED",
      "SLUICE_DIRTY_TREE",
    ]);
  });

  it("opens for --allow-dirty, for allowDirty, and where nothing is deployed", async () => {
    expect(await refusals({ branch: "develop", allowDirty: true })).toEqual([]);
    expect(await refusals({ branch: "loose" })).toEqual([]);
    expect(await refusals({ branch: "feature/x" })).toEqual([]);
  });

  it("is not opened by allowAnyBranch", async () => {
    expect(await refusals({ named: "open", branch: "feature/x" })).toEqual([
      expect.stringContaining("SLUICE_DIRTY_TREE"),
    ]);
  });
});

describe("promotion and rollback", () => {
  it("promotes from the right branch alone, whatever the tree is like", async () => {
    await repository.write("b.txt", "dirty");
    expect(await refusals({ branch: "main", command: "promote" })).toEqual([]);
    expect(await refusals({ branch: "develop", named: "prod", command: "promote" })).toEqual([
      expect.stringContaining("SLUICE_BRANCH_NOT_ALLOWED"),
    ]);
  });

  it("rolls back from any branch and tree, but not for a pull request", async () => {
    await repository.write("b.txt", "dirty");
    expect(await refusals({ branch: "develop", named: "prod", command: "rollback" })).toEqual([]);
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/7/merge",
    };
    expect(await refusals({ named: "prod", command: "rollback", env })).toEqual([
      expect.stringContaining("SLUICE_PULL_REQUEST_NOT_DEPLOYED"),
    ]);
  });
});

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEV, type DeployedWorld, handler, openWorlds } from "./deployed-world.ts";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
}, 180_000);
afterAll(() => worlds.close());

/** Nothing can be built: there is no esbuild, the sources are broken, and what was built is gone. */
async function withoutBuilding({ repository, run }: DeployedWorld, args: readonly string[]) {
  await rm(join(repository.path, ".sluice"), { recursive: true, force: true });
  await writeFile(join(repository.path, "src/orders.ts"), "this is no {{ module");
  // Whoever deploys from a tree that differs from its commit has to say so, though nothing of it is taken.
  const dirty = args[0] === "deploy" ? ["--allow-dirty"] : [];
  const ran = await run("prod", [...args, ...dirty], { ESBUILD_BINARY_PATH: "/nowhere/esbuild" });
  expect(existsSync(join(repository.path, ".sluice/artifacts"))).toBe(false);
  await repository.git("checkout", "--quiet", "--", "src/orders.ts");
  return ran;
}

/** A release branch with a change, deployed to staging. */
async function staged(world: DeployedWorld, text: string, branch = "release/1.0"): Promise<string> {
  const { repository, run } = world;
  await repository.git("checkout", "--quiet", "-B", branch);
  await repository.write("src/orders.ts", handler(text));
  const commit = await repository.commit(text);
  const { exitCode, stderr } = await run("staging", ["deploy"]);
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  return commit;
}

/** Brings main to the first commit of all, and to a merge of the branch. */
async function merged({ repository }: DeployedWorld, branch: string, ...how: string[]): Promise<string> {
  if ((await repository.git("branch", "--list", "main")) === "") {
    const root = await repository.git("rev-list", "--max-parents=0", "HEAD");
    await repository.git("branch", "main", root);
  }
  await repository.git("checkout", "--quiet", "main");
  await repository.git("merge", "--quiet", ...(how.length === 0 ? ["--no-ff"] : how), branch);
  if (how.includes("--squash")) await repository.git("commit", "--quiet", "-m", `all of ${branch}`);
  return repository.git("rev-parse", "HEAD");
}

async function createBucket(name: string): Promise<void> {
  const credentials = { accessKeyId: DEV, secretAccessKey: "test" };
  const { endpoint } = worlds.emulator;
  const client = new S3Client({ endpoint, region: "eu-west-1", forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
}

describe("gitflow", { timeout: 180_000 }, () => {
  it("deploys to prod what staging had: after a merge, a second one, a hotfix; and builds nothing", async () => {
    const world = await worlds.world();
    const release = await staged(world, "two");
    await merged(world, "release/1.0");
    const first = await withoutBuilding(world, ["deploy"]);
    expect([first.exitCode, first.printed.targets]).toMatchObject([0, [{ outcome: "updated" }]]);
    expect(first.stderr).toContain(`Promotes what staging has had for ${release.slice(0, 12)}`);
    expect(first.printed.command).toBe("deploy");
    expect(await world.live("prod")).toBe(await world.live("staging"));

    const again = await withoutBuilding(world, ["promote", "--from", "staging", "--to", "prod"]);
    expect([again.exitCode, again.printed.command]).toEqual([0, "promote"]);
    expect(again.printed.targets).toMatchObject([{ outcome: "unchanged", apiCalls: { GetFunction: 1 } }]);

    await world.repository.git("checkout", "--quiet", "-b", "hotfix/1.0.1", "main");
    await staged(world, "mended", "hotfix/1.0.1");
    await merged(world, "hotfix/1.0.1");
    expect((await withoutBuilding(world, ["deploy"])).exitCode).toBe(0);
    expect(await world.live("prod")).toBe(await world.live("staging"));
  });

  it("knows a fast-forward by its commit, and a squash by its files", async () => {
    const world = await worlds.world();
    await staged(world, "two");
    await merged(world, "release/1.0", "--ff-only");
    const forwarded = await withoutBuilding(world, ["deploy"]);
    expect([forwarded.exitCode, forwarded.stderr]).toEqual([0, expect.stringContaining("for this commit")]);
    expect(await world.live("prod")).toBe(await world.live("staging"));

    await world.repository.git("checkout", "--quiet", "-b", "release/1.1");
    await staged(world, "three", "release/1.1");
    // A commit that changes no function is deployed without changing any.
    await world.write("notes.md", "three");
    await world.repository.commit("notes");
    expect((await world.run("staging", ["deploy"])).printed.targets[0]?.outcome).toBe("unchanged");
    await merged(world, "release/1.1", "--squash");
    const squashed = await withoutBuilding(world, ["deploy"]);
    expect([squashed.exitCode, squashed.stderr]).toEqual([0, expect.stringContaining("with the same files")]);
    expect(await world.live("prod")).toBe(await world.live("staging"));
  });

  it("says when the merge has files that were not tested, and deploys what was", async () => {
    const world = await worlds.world();
    const { repository } = world;
    await staged(world, "two");
    await merged(world, "release/1.0");
    await repository.write("src/other.ts", handler("straight to main"));
    await repository.commit("straight to main");
    await repository.git("checkout", "--quiet", "release/1.0");
    const second = await staged(world, "three");
    await merged(world, "release/1.0");
    const ran = await withoutBuilding(world, ["deploy"]);
    expect([ran.exitCode, ran.stderr.replace(/\s+/g, " ")]).toEqual([
      0,
      expect.stringContaining(`has other files than ${second.slice(0, 12)}`),
    ]);
    expect(await world.live("prod")).toBe(await world.live("staging"));
  });

  it("works in a shallow clone, and for a commit by its name", async () => {
    const world = await worlds.world();
    await staged(world, "two");
    const merge = await merged(world, "release/1.0");
    await withoutBuilding(world, ["deploy"]);
    const { repository } = world;
    await repository.git("checkout", "--quiet", "release/1.0");
    await staged(world, "three");
    expect(await world.live("prod")).not.toBe(await world.live("staging"));
    await merged(world, "release/1.0");
    await repository.write(".git/shallow", `${await repository.git("rev-parse", "HEAD")}\n`);
    expect((await withoutBuilding(world, ["deploy"])).exitCode).toBe(0);
    expect(await world.live("prod")).toBe(await world.live("staging"));
    await rm(join(repository.path, ".git/shallow"));

    const before = ["promote", "--commit", merge.slice(0, 10)];
    const older = await withoutBuilding(world, before);
    expect([older.exitCode, older.printed.error?.code]).toEqual([3, "SLUICE_DOWNGRADE"]);
    const forced = await withoutBuilding(world, [...before, "--allow-downgrade"]);
    expect([forced.exitCode, forced.printed.commit]).toEqual([0, merge]);
    expect(await world.live("prod")).not.toBe(await world.live("staging"));
  });
});

describe("refusals: exit 3 and nothing written", { timeout: 180_000 }, () => {
  async function refused(world: DeployedWorld, args: readonly string[], code: string): Promise<void> {
    const before = await world.live("prod");
    const ran = await world.run("prod", args);
    expect([ran.exitCode, ran.printed.error?.code]).toEqual([3, code]);
    expect(await world.live("prod")).toBe(before);
  }

  it("refuses what staging never had, also when main had something before", async () => {
    const world = await worlds.world();
    await staged(world, "two");
    await merged(world, "release/1.0");
    await world.run("prod", ["deploy"]);
    await world.repository.git("checkout", "--quiet", "-b", "feature/x");
    await world.write("src/orders.ts", handler("untested"));
    await world.repository.commit("untested");
    await merged(world, "feature/x");
    await refused(world, ["deploy"], "SLUICE_PROMOTION_NOT_FOUND");
    await refused(world, ["plan"], "SLUICE_PROMOTION_NOT_FOUND");
    await refused(world, ["promote"], "SLUICE_PROMOTION_NOT_FOUND");
  });

  it("refuses a merge that only the release branch has, rather than promote what main had before", async () => {
    const world = await worlds.world();
    const { repository } = world;
    await staged(world, "two");
    await merged(world, "release/1.0", "--ff-only");
    expect((await world.run("prod", ["deploy"])).exitCode).toBe(0);
    await repository.git("checkout", "--quiet", "-b", "release/1.1", "HEAD~1");
    await staged(world, "three", "release/1.1");
    await repository.git("merge", "--quiet", "--no-ff", "-X", "ours", "main");
    await repository.write("notes.md", "more");
    await repository.git("add", "--all");
    await repository.git("commit", "--quiet", "--amend", "--no-edit");
    await merged(world, "release/1.1", "--ff-only");
    await refused(world, ["deploy"], "SLUICE_PROMOTION_NOT_FOUND");
  });

  it("says of a wrong account that it is wrong, also when there is nothing to promote", async () => {
    const world = await worlds.world();
    await staged(world, "two");
    await world.repository.git("checkout", "--quiet", "-b", "main");
    await world.repository.commit("untested");
    const ran = await world.run("dev", ["promote", "--from", "staging"]);
    expect([ran.exitCode, ran.printed.error?.code]).toEqual([3, "SLUICE_WRONG_ACCOUNT"]);
  });

  it("refuses what staging rejected, and what was rolled back there", async () => {
    const world = await worlds.world({ more: { test: { command: "test ! -e .sluice/failing" } } });
    await staged(world, "two");
    await world.repository.git("checkout", "--quiet", "-B", "release/1.1");
    await world.write("src/orders.ts", handler("bad"));
    await world.repository.commit("bad");
    await writeFile(join(world.repository.path, ".sluice/failing"), "");
    expect((await world.run("staging", ["deploy"])).exitCode).toBe(4);
    await rm(join(world.repository.path, ".sluice/failing"));
    await merged(world, "release/1.1");
    await refused(world, ["deploy"], "SLUICE_PROMOTION_REJECTED");

    await world.repository.git("checkout", "--quiet", "release/1.1");
    await staged(world, "three", "release/1.1");
    await merged(world, "release/1.1");
    expect((await world.run("staging", ["rollback", "--environment", "staging"])).exitCode).toBe(0);
    await refused(world, ["deploy"], "SLUICE_PROMOTION_REJECTED");
  });

  it("takes from no other environment, and no zip from elsewhere", async () => {
    const world = await worlds.world();
    await staged(world, "two");
    await merged(world, "release/1.0");
    await refused(world, ["promote", "--from", "dev"], "SLUICE_PROMOTION_SOURCE");
    await world.run("prod", ["build"]);
    const zip = ["deploy", "orders", "--artifact", ".sluice/artifacts/orders.zip"];
    await refused(world, zip, "SLUICE_PROMOTION_ARTIFACT");
    await world.repository.git("checkout", "--quiet", "release/1.0");
    await refused(world, ["promote", "--to", "prod"], "SLUICE_BRANCH_NOT_ALLOWED");
  });
});

describe("stores", { timeout: 180_000 }, () => {
  it("fetches nothing where both environments have one bucket", async () => {
    await createBucket("artifacts-of-all");
    const world = await worlds.world({ oneAccount: true, more: { store: "s3://artifacts-of-all/team" } });
    await staged(world, "two");
    await merged(world, "release/1.0");
    expect((await withoutBuilding(world, ["deploy"])).exitCode).toBe(0);
    expect(await world.live("prod")).toBe(await world.live("staging"));
    // What is fetched would be in a folder of the cache.
    expect(existsSync(join(world.repository.path, ".sluice/store"))).toBe(false);
  });

  it("copies artifacts from one environment's store to another's", async () => {
    const world = await worlds.world({ prod: { store: ".store-of-prod" } });
    await staged(world, "two");
    await merged(world, "release/1.0");
    expect((await withoutBuilding(world, ["deploy"])).exitCode).toBe(0);
    expect(await world.live("prod")).toBe(await world.live("staging"));
    expect(existsSync(join(world.repository.path, ".store-of-prod/artifacts"))).toBe(true);
  });

  it("does not look for staging in another account", async () => {
    const world = await worlds.world({ store: false });
    await staged(world, "two");
    await merged(world, "release/1.0");
    const ran = await world.run("prod", ["deploy"]);
    expect([ran.exitCode, ran.printed.error?.code]).toEqual([3, "SLUICE_WRONG_ACCOUNT"]);
    expect(ran.printed.error?.message).toContain("staging");
  });

  it("proves without a store that the build is what staging has, and refuses another", async () => {
    const world = await worlds.world({ more: { role: "arn:aws:iam::{account}:role/deploy" }, store: false });
    await staged(world, "two");
    await merged(world, "release/1.0");
    const ran = await world.run("prod", ["deploy"]);
    expect([ran.exitCode, ran.stderr]).toEqual([
      0,
      expect.stringContaining("the same as what is live there"),
    ]);
    expect(await world.live("prod")).toBe(await world.live("staging"));

    await world.write("src/orders.ts", handler("other"));
    await world.repository.commit("other");
    const before = await world.live("prod");
    const other = await world.run("prod", ["deploy"]);
    expect([other.exitCode, other.printed.error?.code]).toEqual([3, "SLUICE_PROMOTION_NOT_SAME"]);
    expect(await world.live("prod")).toBe(before);
  });
});

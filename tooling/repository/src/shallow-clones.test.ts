import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DEV,
  type DeployedWorld,
  handler,
  openWorlds,
  type Printed,
  type WorldOptions,
} from "./deployed-world.ts";
import { type Ran, runProcess } from "./run-process.ts";
import { jobEnvironment, sluice } from "./sluice-command.ts";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let folder: string;
beforeAll(async () => {
  [worlds, folder] = await Promise.all([openWorlds(), mkdtemp(join(tmpdir(), "sluice-clones-"))]);
}, 180_000);
afterAll(async () => {
  await worlds?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A commit, and the clone that a CI job for it works in. */
interface Job {
  readonly commit: string;
  deploy(...args: readonly string[]): Promise<Ran & { readonly printed: Printed }>;
}

let clones = 0;

/** Clones as it is now, and stands on a commit. */
async function jobFor(
  { repository }: DeployedWorld,
  commit: string,
  ...how: readonly string[]
): Promise<Job> {
  clones += 1;
  const clone = join(folder, String(clones));
  await repository.git("clone", "--quiet", ...how, `file://${repository.path}`, clone);
  await repository.git("-C", clone, "checkout", "--quiet", "-B", "develop", commit);
  const env = jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: worlds.emulator.endpoint,
    AWS_ACCESS_KEY_ID: DEV,
    AWS_SECRET_ACCESS_KEY: "test",
  });
  return {
    commit: commit.slice(0, 12),
    deploy: async (...args) => {
      const ran = await sluice(clone, ["deploy", "--json", ...args], env);
      return { ...ran, printed: JSON.parse(ran.stdout) as Printed };
    },
  };
}

/** Makes a commit at this minute. */
async function commitAt({ repository }: DeployedWorld, text: string, minute: number): Promise<string> {
  const env = { ...repository.env, GIT_COMMITTER_DATE: `2026-11-01T14:${minute}:00+0200` };
  await repository.write("src/orders.ts", handler(text));
  await repository.git("add", "--all");
  await runProcess("git", ["commit", "--quiet", "--message", text], { cwd: repository.path, env });
  return repository.git("rev-parse", "HEAD");
}

const push = async (world: DeployedWorld, text: string, minute: number): Promise<Job> =>
  jobFor(world, await commitAt(world, text, minute), "--depth=1");

/** Two quick pushes; the job of the second has deployed already. */
async function overtaken(options: WorldOptions, minutes: readonly [number, number]) {
  const world = await worlds.world(options);
  const older = await push(world, "older", minutes[0]);
  const newer = await push(world, "newer", minutes[1]);
  const first = await newer.deploy();
  expect([first.exitCode, first.stderr]).toEqual([0, expect.any(String)]);
  return { world, older, newer, live: await world.live("dev") };
}

const stored = (): WorldOptions => ({ more: { store: join(folder, `store-${clones}`) } });

describe("clones of depth 1", { timeout: 120_000 }, () => {
  it("do not bring back an older commit: its time is in the record of the newer", async () => {
    const { world, older, newer, live } = await overtaken(stored(), [10, 15]);
    const late = await older.deploy();
    expect([late.exitCode, await world.live("dev")]).toEqual([3, live]);
    expect(late.printed.targets).toMatchObject([{ error: { code: "SLUICE_DOWNGRADE" } }]);
    const text = late.stderr.replace(/\s+/g, " ");
    expect(text).toContain(`${older.commit} is older`);
    expect(text).toContain(
      `it was committed at 2026-11-01 12:10:00 UTC, and ${newer.commit} at 2026-11-01 12:15:00 UTC`,
    );
    expect(text).toMatch(/fetch-depth: 0.*GIT_DEPTH: 0.*--allow-downgrade/);

    expect((await newer.deploy()).printed.targets).toMatchObject([{ outcome: "unchanged" }]);
    const newest = await push(world, "newest", 20);
    const next = await newest.deploy();
    expect([next.exitCode, next.stderr]).toEqual([0, expect.not.stringContaining("fetch-depth")]);

    const allowed = await newer.deploy("--allow-downgrade");
    expect([allowed.exitCode, await world.live("dev")]).toEqual([0, live]);
  });

  it("may, where both commits are of one second, and say what would tell", async () => {
    const { older, world, live } = await overtaken(stored(), [10, 10]);
    const late = await older.deploy();
    expect([late.exitCode, await world.live("dev")]).not.toEqual([0, live]);
    expect(late.stderr).toContain("fetch-depth: 0");
  });

  it("cannot compare without a store, and say so; a whole clone can by the alias", async () => {
    const { world, older, newer, live } = await overtaken({ store: false }, [10, 15]);
    const whole = await jobFor(world, await world.repository.git("rev-parse", "HEAD~1"));
    const again = await whole.deploy();
    expect([again.exitCode, await world.live("dev")]).toEqual([3, live]);
    expect(again.stderr).toContain("it is in the other's history");

    const late = await older.deploy();
    expect([late.exitCode, late.stderr]).toEqual([0, expect.stringContaining("fetch-depth: 0")]);
    expect((await newer.deploy()).exitCode).toBe(0);
    expect(await world.live("dev")).toBe(live);
  });
});

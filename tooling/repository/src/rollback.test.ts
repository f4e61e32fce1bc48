import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployedWorld, handler, openWorlds } from "./deployed-world.ts";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
}, 180_000);
afterAll(() => worlds.close());

/** Deploys one text after the other to dev; gives the CodeSha256 of each. */
async function deployed(world: DeployedWorld, texts: readonly string[]): Promise<readonly string[]> {
  const shas: string[] = [];
  for (const text of texts) {
    await world.write("src/orders.ts", handler(text));
    await world.repository.commit(text);
    expect((await world.run("dev", ["deploy"])).exitCode).toBe(0);
    shas.push((await world.live("dev")) ?? "");
  }
  return shas;
}

/** From a feature branch with changes and broken sources, without esbuild: nothing of it matters. */
async function inTrouble({ repository, run }: DeployedWorld, ...args: readonly string[]) {
  await repository.git("checkout", "--quiet", "-B", "feature/three-in-the-morning");
  await repository.write("src/orders.ts", "this is no {{ module");
  await rm(join(repository.path, ".sluice"), { recursive: true, force: true });
  const ran = await run("dev", ["rollback", "--environment", "dev", ...args], {
    ESBUILD_BINARY_PATH: "/nowhere/esbuild",
  });
  await repository.git("checkout", "--quiet", "--", "src/orders.ts");
  await repository.git("checkout", "--quiet", "develop");
  return ran;
}

describe("sluice rollback", { timeout: 180_000 }, () => {
  it("brings back what was there before, from any branch and any tree, one further back each time", async () => {
    const world = await worlds.world();
    const stub = await world.live("dev");
    const [one, two] = await deployed(world, ["1", "2", "3"]);
    const three = await world.live("dev");

    const shown = await inTrouble(world, "--dry-run");
    expect([shown.exitCode, await world.live("dev")]).toEqual([0, three]);
    expect(shown.printed.targets[0]?.reason).toBe("back to 3: the recorded predecessor of 4");

    const first = await inTrouble(world);
    expect([first.exitCode, first.printed.command]).toEqual([0, "rollback"]);
    expect(first.printed.targets[0]).toMatchObject({ outcome: "updated", version: "3", codeSha256: two });
    expect(first.printed.targets[0]?.apiCalls).toEqual({ GetAlias: 1, GetFunction: 2, UpdateAlias: 1 });
    expect(await world.live("dev")).toBe(two);

    await inTrouble(world);
    expect(await world.live("dev")).toBe(one);
    await inTrouble(world);
    expect(await world.live("dev")).toBe(stub);
    const nothing = await inTrouble(world);
    expect([nothing.exitCode, nothing.printed.error?.code]).toEqual([3, "SLUICE_ROLLBACK_NOWHERE"]);
    expect(await world.live("dev")).toBe(stub);

    expect((await inTrouble(world, "orders", "--to-version", "4")).exitCode).toBe(0);
    expect(await world.live("dev")).toBe(three);
    const digest = first.printed.targets[0]?.digest ?? "";
    expect((await inTrouble(world, "orders", "--to-digest", digest)).exitCode).toBe(0);
    expect(await world.live("dev")).toBe(two);
  });

  it("goes on from where a deployment was rolled back: the next deployment brings its own code", async () => {
    const world = await worlds.world();
    const [one, two] = await deployed(world, ["1", "2"]);
    await inTrouble(world);
    expect(await world.live("dev")).toBe(one);
    const again = await world.run("dev", ["deploy"]);
    expect(again.printed.targets[0]).toMatchObject({ outcome: "updated" });
    expect(await world.live("dev")).toBe(two);
  });

  it("ends a rollout at once, though the run that rolls out holds the environment", async () => {
    const world = await worlds.world({ more: { traffic: { canary: 10, bake: 15 } } });
    const stub = await world.live("dev");
    await world.write("src/orders.ts", handler("1"));
    await world.repository.commit("1");
    const rolling = world.run("dev", ["deploy"]);
    const planned = async () =>
      (await world.run("dev", ["rollback", "--dry-run"])).printed.targets[0]?.reason;
    await expect.poll(planned, { timeout: 60_000 }).toContain("the rollout of 2 stands at 10 %");
    const back = await world.run("dev", ["rollback"]);
    expect([back.exitCode, back.printed.targets[0]?.outcome]).toEqual([0, "updated"]);
    const { exitCode, printed } = await rolling;
    expect([exitCode, printed.targets[0]?.outcome]).toEqual([4, "conflict"]);
    expect(await world.live("dev")).toBe(stub);
  });

  it("goes without a store to the newest version below that has other code", async () => {
    const world = await worlds.world({ store: false });
    const [one] = await deployed(world, ["1", "2"]);
    expect((await inTrouble(world)).printed.targets[0]?.reason).toContain("no store");
    expect(await world.live("dev")).toBe(one);
  });

  it.each<[string, readonly string[], number, string]>([
    [
      "two ways to say where to",
      ["--to-version", "1", "--to-digest", `sha256:${"0".repeat(64)}`],
      2,
      "SLUICE_USAGE",
    ],
    ["something else than a digest", ["--to-digest", "latest"], 2, "SLUICE_OPTION_INVALID"],
    ["a version that is not there", ["--to-version", "99"], 3, "SLUICE_ROLLBACK_VERSION_ABSENT"],
  ])("does not take %s", async (_what, args, exitCode, code) => {
    const world = await worlds.world();
    const ran = await world.run("dev", ["rollback", ...args]);
    expect([ran.exitCode, ran.printed.error?.code]).toEqual([exitCode, code]);
  });

  it("refuses a wrong account, and a branch that maps nowhere without --environment", async () => {
    const world = await worlds.world();
    await deployed(world, ["1"]);
    const wrong = await world.run("prod", ["rollback", "--environment", "dev"]);
    expect([wrong.exitCode, wrong.printed.error?.code]).toEqual([3, "SLUICE_WRONG_ACCOUNT"]);
    await world.repository.git("checkout", "--quiet", "-B", "feature/x");
    const nowhere = await world.run("dev", ["rollback"]);
    expect([nowhere.exitCode, nowhere.printed.error?.code]).toEqual([2, "SLUICE_NO_ENVIRONMENT"]);
  });
});

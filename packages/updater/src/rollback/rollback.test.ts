import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDeployments } from "@sluice/artifact";
import type { Change, ResolvedEnvironment, RunEvent, TargetReport } from "@sluice/core";
import { beforeEach, describe, expect, it } from "vitest";
import { awsError, type FakeLambda, fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { recordOf } from "../testing/records.ts";
import { clockedContext, deploy, doorTo, openScene, type Scene, strategyOn } from "../testing/scene.ts";
import { endsRolloutsAlone } from "./ends-rollouts.ts";
import type { RollbackOptions } from "./plan-rollback.ts";
import { rollback } from "./rollback.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  return () => scene.dispose();
});

interface World {
  readonly fake: FakeLambda;
  deploy(text: string, name?: string, commit?: string): Promise<TargetReport>;
  back(options?: Partial<RollbackOptions> & { force?: boolean }): Promise<TargetReport>;
  backAll(): Promise<readonly TargetReport[]>;
  plan(options?: Partial<RollbackOptions> & { force?: boolean }): Promise<Change>;
  alias(name?: string): string | undefined;
  readonly notices: readonly string[];
}

/** Functions on their stubs, in an environment with an alias and a store unless told. */
function world(environment: Partial<ResolvedEnvironment> = {}, names: readonly string[] = ["orders"]): World {
  const place = { alias: "live", store: "store", ...environment };
  const make = (name: string) => fakeFunction(name, `stub of ${name}`);
  const fake = fakeLambda(
    ...names.map((name) => (place.alias === null ? make(name) : withAlias(make(name), "live"))),
  );
  fake.busyReads = 0;
  let time = Date.parse("2026-11-20T10:00:00Z");
  const notices: string[] = [];
  const emit = (event: RunEvent): void => {
    if (event.type === "notice") notices.push(event.message);
  };
  const context = () => clockedContext(scene.folder, { now: () => (time += 1_000), emit });
  const input = () => {
    const base = scene.input([], place);
    const functions = names.map((name) => ({ name, tests: [] })) as never;
    return { ...base, config: { ...base.config, functions }, command: "rollback" as const };
  };
  const start = (options: Partial<RollbackOptions> & { force?: boolean } = {}) => {
    const { force = false, ...given } = options;
    const strategy = rollback(
      { functions: ["orders"], toVersion: null, toDigest: null, ...given },
      doorTo(fake),
    );
    const base = input();
    return { strategy, input: { ...base, options: { ...base.options, force } } };
  };
  const only = <T>(all: readonly T[]): T => {
    if (all.length !== 1 || all[0] === undefined) throw new Error(`${all.length} instead of one`);
    return all[0];
  };
  return {
    fake,
    deploy: async (text, name = "orders", commit = text.charCodeAt(0).toString(16).repeat(20)) => {
      const artifact = await scene.artifact(name, text, { commit, unzippedBytes: 0 });
      const base = scene.input([artifact], place);
      const run = await deploy(strategyOn(fake), { ...base, ref: { ...base.ref, commit } }, context());
      const row = only(run.rows);
      expect(row.error).toBeNull();
      return row;
    },
    back: async (options) => {
      const { strategy, input } = start(options);
      return only((await deploy(strategy, input, context())).rows);
    },
    backAll: async () => {
      const { strategy, input } = start({ functions: [] });
      return (await deploy(strategy, input, context())).rows;
    },
    plan: async (options) => {
      const { strategy, input } = start(options);
      return only((await strategy.plan(input, context())) ?? []);
    },
    notices,
    alias: (name = "orders") => fake.functions.get(name)?.aliases.get("live")?.version,
  };
}

const records = (target = "orders") =>
  openDeployments("store", { root: scene.folder, objects: () => ({}) as never }).list({
    environment: "dev",
    target,
    region: "eu-west-1",
  });

describe("with an alias and records", () => {
  it("goes to the recorded predecessor by one guarded move, and records that", async () => {
    const { fake, deploy, back, alias } = world();
    await deploy("a");
    await deploy("b");
    fake.log.length = 0;
    const row = await back();
    expect(row).toMatchObject({
      outcome: "updated",
      version: "2",
      previousVersion: "3",
      reason: "back to 2: the recorded predecessor of 3",
      error: null,
    });
    expect(row.digest).toBe((await scene.artifact("orders", "a")).manifest.digest);
    expect(fake.log.toSorted()).toEqual(["GetAlias", "GetFunction", "GetFunction", "UpdateAlias"]);
    expect(alias()).toBe("2");
    expect(fake.functions.get("orders")?.aliases.get("live")?.description).toBe(
      `1.4.0 · ${"61".repeat(6)} · ${row.digest}`,
    );
    const [newest] = await records();
    expect(newest).toMatchObject({
      outcome: "live",
      version: "2",
      digest: row.digest,
      commit: "61".repeat(20),
    });
  });

  it("goes one further back each time, and never forth to what was taken back", async () => {
    const { deploy, back, plan, alias } = world();
    await deploy("a");
    await deploy("b");
    await deploy("c");
    expect((await back()).version).toBe("3");
    expect((await back()).version).toBe("2");
    await deploy("d");
    expect(alias()).toBe("5");
    expect((await back()).version).toBe("2");
    expect((await back()).version).toBe("1");
    expect(await plan()).toMatchObject({ action: "refuse", error: { code: "SLUICE_ROLLBACK_NOWHERE" } });
  });

  it("passes over a predecessor that was taken back itself", async () => {
    const { fake, deploy, back, alias } = world();
    await deploy("a");
    await deploy("b");
    expect((await back()).version).toBe("2");
    // By hand, to what was taken back; then another deployment, whose predecessor it is.
    const live = fake.functions.get("orders")?.aliases.get("live");
    if (live !== undefined) live.version = "3";
    await deploy("c");
    expect(await back()).toMatchObject({ version: "2", reason: expect.stringContaining("taken back") });
    expect(alias()).toBe("2");
  });

  it("is done once, when what moved the alias was cut off before it was recorded", async () => {
    const { fake, deploy, back } = world();
    await deploy("a");
    await deploy("b");
    const live = fake.functions.get("orders")?.aliases.get("live");
    if (live !== undefined) live.version = "2";
    expect(await back()).toMatchObject({ outcome: "unchanged", version: "2" });
    expect((await records())[0]).toMatchObject({ version: "2" });
    expect(await back()).toMatchObject({ outcome: "updated", version: "1" });
  });

  it("takes the newest recorded deployment when no record tells of what is live", async () => {
    const { fake, deploy, back } = world();
    await deploy("a");
    const orders = fake.functions.get("orders");
    await fake.api.updateFunctionCode({
      FunctionName: "orders",
      ZipFile: Buffer.from("by hand"),
      Publish: true,
    });
    await fake.api.updateAlias({ FunctionName: "orders", Name: "live", FunctionVersion: "3" });
    expect(orders?.versions).toHaveLength(3);
    expect(await back()).toMatchObject({
      version: "2",
      reason: expect.stringContaining("no record tells of 3"),
    });
  });

  it("goes to the newest version below what was found live without a record, as by a new store", async () => {
    const { deploy, back } = world();
    await deploy("a");
    await deploy("b");
    await rm(join(scene.folder, "store"), { recursive: true });
    expect((await deploy("b")).outcome).toBe("unchanged");
    expect((await records())[0]).toMatchObject({ version: "3" });
    expect(await back()).toMatchObject({
      outcome: "updated",
      version: "2",
      reason: expect.stringContaining("no record tells what was before 3"),
    });
  });

  it("deploys the code again when its function version was deleted, without tests and steps", async () => {
    const { fake, deploy, back, alias } = world({
      traffic: { kind: "steps", steps: [10], pauseSeconds: 600, alarms: [], tests: null },
      tests: [{ kind: "command", command: "test ! -e failing", timeoutSeconds: 5 }],
    });
    await deploy("a");
    await deploy("b");
    await writeFile(join(scene.folder, "failing"), "");
    const orders = fake.functions.get("orders");
    if (orders !== undefined) orders.versions = orders.versions.filter(({ Version }) => Version !== "2");
    const row = await back();
    expect(row).toMatchObject({
      outcome: "updated",
      reason: expect.stringContaining("version 2 is deleted"),
    });
    expect(row.digest).toBe((await scene.artifact("orders", "a")).manifest.digest);
    expect(alias()).toBe(row.version);
  });

  it("ends a rollout of its own, and goes no further back", async () => {
    const { fake, deploy, back, alias } = world();
    await deploy("a");
    await deploy("b");
    const live = fake.functions.get("orders")?.aliases.get("live");
    if (live === undefined) throw new Error("no alias");
    Object.assign(live, { version: "2", weights: { "3": 0.1 }, description: "1.4.0 · rollout 3 10%" });
    expect(await back()).toMatchObject({ outcome: "updated", version: "2" });
    expect([alias(), live.weights, live.description]).toEqual(["2", {}, "1.4.0"]);
  });

  it("leaves weights of others alone", async () => {
    const { fake, deploy, plan } = world();
    await deploy("a");
    const live = fake.functions.get("orders")?.aliases.get("live");
    if (live !== undefined) live.weights = { "1": 0.5 };
    expect(await plan()).toMatchObject({ action: "refuse", error: { code: "SLUICE_ROLLBACK_WEIGHTS" } });
  });

  it("goes back from an alias whose function version was deleted", async () => {
    const { fake, deploy, back, alias } = world();
    await deploy("a");
    await deploy("b");
    const orders = fake.functions.get("orders");
    if (orders !== undefined) orders.versions = orders.versions.filter(({ Version }) => Version !== "3");
    expect(await back()).toMatchObject({ outcome: "updated", version: "2" });
    expect(alias()).toBe("2");
  });

  it("does not take a version of the same number for that of a function which was deleted since", async () => {
    const { fake, deploy, back } = world();
    await deploy("a");
    await deploy("b");
    const made = withAlias(fakeFunction("orders", "made again"), "live");
    made.versions = ["x", "y", "z"].map((code, index) => ({
      ...fakeFunction("orders", code).latest,
      Version: String(index + 1),
    }));
    const b = fakeFunction("orders", "b").latest;
    made.versions[2] = { ...b, Version: "3" };
    made.latest = { ...made.latest, CodeSha256: b.CodeSha256 };
    const alias = made.aliases.get("live");
    if (alias !== undefined) alias.version = "3";
    fake.functions.set("orders", made);
    const row = await back();
    expect(row.digest).toBe((await scene.artifact("orders", "a")).manifest.digest);
    expect(row.reason).toContain("version 2 has other code");
  });
});

describe("to a version or digest", () => {
  it("goes to the version named although the records cannot be read", async () => {
    const { deploy, back, alias } = world();
    await deploy("a");
    await deploy("b");
    const folder = join(scene.folder, "store", "deployments", "dev", "orders");
    await rm(folder, { recursive: true });
    await writeFile(folder, "no folder");
    expect(await back({ toVersion: "2" })).toMatchObject({ outcome: "updated", version: "2" });
    expect(alias()).toBe("2");
    await expect(back()).rejects.toMatchObject({ exitCode: 2 });
  });

  it("goes to the version named, back or forth", async () => {
    const { deploy, back } = world();
    await deploy("a");
    await deploy("b");
    await deploy("c");
    expect(await back({ toVersion: "2" })).toMatchObject({ outcome: "updated", version: "2" });
    expect(await back({ toVersion: "4" })).toMatchObject({ outcome: "updated", version: "4" });
    expect(await back({ toVersion: "4" })).toMatchObject({ outcome: "unchanged", version: "4" });
    expect((await back()).version).toBe("3");
  });

  it("goes to the version that has a digest, else deploys it again", async () => {
    const { fake, deploy, back } = world();
    const { digest } = await deploy("a");
    await deploy("b");
    await deploy("c");
    expect(await back({ toDigest: digest })).toMatchObject({ outcome: "updated", version: "2", digest });
    await back({ toVersion: "4" });
    const orders = fake.functions.get("orders");
    if (orders !== undefined) orders.versions = orders.versions.filter(({ Version }) => Version !== "2");
    const row = await back({ toDigest: digest });
    expect(row).toMatchObject({ outcome: "updated", digest });
    expect(row.version).not.toBe("2");
  });

  it.each<[string, Partial<RollbackOptions>, string]>([
    ["a version that is not there", { toVersion: "99" }, "SLUICE_ROLLBACK_VERSION_ABSENT"],
    ["a version in the state Failed", { toVersion: "1" }, "SLUICE_ROLLBACK_VERSION_FAILED"],
    ["code that nobody has", { toDigest: `sha256:${"0".repeat(64)}` }, "SLUICE_ROLLBACK_DIGEST_ABSENT"],
  ])("refuses %s", async (_what, options, code) => {
    const { fake, deploy, plan } = world();
    await deploy("a");
    const [first] = fake.functions.get("orders")?.versions ?? [];
    if (first !== undefined) Object.assign(first, { State: "Failed", StateReason: "no such key" });
    expect(await plan(options)).toMatchObject({ action: "refuse", error: { code } });
  });

  it("says that callers never had the newest deployment, where that was rejected", async () => {
    const { deploy, back, alias, notices } = world();
    await deploy("one");
    await deploy("two");
    const rejected = recordOf("bad", { at: "2026-11-20T12:00:00.000Z", outcome: "rejected", version: "4" });
    await openDeployments("store", { root: scene.folder, objects: () => ({}) as never }).write(rejected);
    expect([(await back()).outcome, alias()]).toEqual(["updated", "2"]);
    expect(notices.at(-1)).toMatch(
      /callers never had the newest deployment \(version 4, .*rejected\).* version 3\.$/,
    );
  });

  it("refuses what its test has rejected, unless it is forced", async () => {
    const failing = { tests: [{ kind: "command" as const, command: "exit 1", timeoutSeconds: 5 }] };
    const made = world();
    await made.deploy("a");
    const artifact = await scene.artifact("orders", "bad");
    const input = scene.input([artifact], { alias: "live", store: "store", ...failing });
    const later = clockedContext(scene.folder, { now: () => Date.parse("2026-11-21T10:00:00Z") });
    const { rows } = await deploy(strategyOn(made.fake), input, later);
    expect(rows[0]).toMatchObject({ outcome: "failed", rejectedVersion: "3" });
    expect(await made.plan({ toVersion: "3" })).toMatchObject({
      action: "refuse",
      error: { code: "SLUICE_ROLLBACK_VERSION_REJECTED" },
    });
    expect(await made.back({ toVersion: "3", force: true })).toMatchObject({
      outcome: "updated",
      version: "3",
    });
  });
});

describe("without records", () => {
  it("goes to the newest version below that has other code, and says so", async () => {
    const { deploy, back } = world({ store: null });
    await deploy("a");
    await deploy("b");
    expect(await back()).toMatchObject({
      outcome: "updated",
      version: "2",
      reason: "back to 2: the newest below 3 with other code: there is no store with records",
    });
    expect((await back()).version).toBe("1");
  });

  it("refuses where there is nothing below", async () => {
    const { plan } = world({ store: null });
    expect(await plan()).toMatchObject({ action: "refuse", error: { code: "SLUICE_ROLLBACK_NOWHERE" } });
  });
});

describe("without an alias", () => {
  it("deploys what was deployed before, from the store, one further back each time", async () => {
    const { fake, deploy, back } = world({ alias: null });
    const a = await deploy("a");
    const b = await deploy("b");
    await deploy("c");
    expect(await back()).toMatchObject({ outcome: "updated", digest: b.digest });
    expect(fake.functions.get("orders")?.latest.CodeSha256).toBe(b.codeSha256);
    expect(await back()).toMatchObject({ outcome: "updated", digest: a.digest });
    expect((await records()).filter(({ outcome }) => outcome === "live")).toHaveLength(5);
  });

  it("needs a store", async () => {
    const { deploy, plan } = world({ alias: null, store: null });
    await deploy("a");
    expect(await plan()).toMatchObject({ action: "refuse", error: { code: "SLUICE_ROLLBACK_NEEDS_STORE" } });
  });
});

describe("several functions", () => {
  it("rolls back what the last deployment changed, and leaves the others", async () => {
    const { deploy, backAll, alias } = world({}, ["orders", "mail"]);
    await deploy("a", "orders", "a".repeat(40));
    await deploy("a", "mail", "a".repeat(40));
    await deploy("b", "mail", "b".repeat(40));
    const rows = await backAll();
    expect(rows.map(({ function: name, outcome, reason }) => [name, outcome, reason])).toEqual([
      ["orders", "unchanged", "the last deployment (bbbbbbbbbbbb) did not change it"],
      ["mail", "updated", "back to 2: the recorded predecessor of 3"],
    ]);
    expect([alias("orders"), alias("mail")]).toEqual(["2", "2"]);
    expect((await backAll()).map(({ outcome, version }) => [outcome, version])).toEqual([
      ["updated", "1"],
      ["updated", "1"],
    ]);
  });
});

it("ends the rollouts that are under way, and leaves what their deployment has not changed", async () => {
  const { fake, deploy, plan, backAll, alias } = world({}, ["orders", "mail", "users"]);
  const [one, two] = ["a".repeat(40), "b".repeat(40)];
  for (const name of ["orders", "mail", "users"]) await deploy("a", name, one);
  const [{ at } = { at: "" }] = await records("users");
  await deploy("b", "orders", two);
  await deploy("b", "users", two);
  const orders = fake.functions.get("orders");
  const live = orders?.aliases.get("live");
  if (orders === undefined || live === undefined) throw new Error("no alias");
  Object.assign(live, { version: "2", weights: { "3": 0.1 }, description: "1.4.0 · rollout 3 10%" });
  for (const version of orders.versions)
    if (version.Version === "3") version.LastModified = new Date(Date.parse(at) + 1).toISOString();
  expect(endsRolloutsAlone([await plan()])).toBe(true);
  expect(endsRolloutsAlone([await plan(), await plan({ functions: ["users"] })])).toBe(false);
  const rows = await backAll();
  expect(rows.map(({ function: name, outcome }) => [name, outcome])).toEqual([
    ["orders", "updated"],
    ["mail", "unchanged"],
    ["users", "updated"],
  ]);
  expect(rows[1]?.reason).toContain("whose rollout is under way");
  expect([alias("orders"), alias("mail"), alias("users")]).toEqual(["2", "2", "2"]);
});

it("leaves alone what no deployment has ever changed, as where the first did not pass its test", async () => {
  const { deploy, backAll, alias } = world({}, ["orders", "mail"]);
  await deploy("a", "orders");
  const rows = await backAll();
  expect(rows.map(({ function: name, outcome }) => [name, outcome])).toEqual([
    ["orders", "updated"],
    ["mail", "unchanged"],
  ]);
  expect([alias("orders"), alias("mail")]).toEqual(["1", "1"]);
});

describe("races and faults", () => {
  it("says conflict when another moved the alias meanwhile", async () => {
    const made = world();
    await made.deploy("a");
    await made.deploy("b");
    made.fake.before = (operation) => {
      const live = made.fake.functions.get("orders")?.aliases.get("live");
      if (operation === "UpdateAlias" && live !== undefined) live.revision = "another";
      return undefined;
    };
    expect(await made.back()).toMatchObject({
      outcome: "conflict",
      error: { code: "SLUICE_TARGET_CONFLICT" },
    });
    expect(made.alias()).toBe("3");
  });

  it("finds its own move whose answer was lost", async () => {
    const made = world();
    await made.deploy("a");
    await made.deploy("b");
    made.fake.after = (operation) =>
      operation === "UpdateAlias" ? awsError("ServiceException", 500) : undefined;
    expect(await made.back()).toMatchObject({ outcome: "updated", version: "2" });
    expect(made.alias()).toBe("2");
  });

  it("tells of a function that does not exist, and of one that cannot be read", async () => {
    const made = world();
    made.fake.functions.clear();
    expect(await made.back()).toMatchObject({ outcome: "absent" });
    made.fake.before = () => awsError("AccessDeniedException", 403);
    expect(await made.back()).toMatchObject({ outcome: "failed", error: { code: "SLUICE_AWS_DENIED" } });
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aws } from "@sluice/aws";
import { interrupted, type ObjectStorage, type ResolvedEnvironment, usageError } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Door } from "../settings.ts";
import { awsError, type FakeLambda, fakeFunction, fakeLambda, withAlias } from "../testing/fake-lambda.ts";
import { recordOf, writeRecords } from "../testing/records.ts";
import { openScene, type Scene } from "../testing/scene.ts";
import { readStatus } from "./status.ts";
import type { EnvironmentStatus, FunctionStatus } from "./types.ts";

let scene: Scene;
let store: string;
beforeEach(async () => {
  scene = await openScene();
  store = await mkdtemp(join(tmpdir(), "sluice-status-"));
});
afterEach(async () => {
  await scene.dispose();
  await rm(store, { recursive: true, force: true });
});

/** A bucket that is not there. */
function absentBucket(bucket: string): ObjectStorage {
  const fail = async (): Promise<never> => {
    throw usageError("SLUICE_BUCKET_ABSENT", `There is no bucket ${bucket}.`, "Create it.");
  };
  const verbs = ["head", "get", "putIfAbsent", "getTagged", "replace", "remove", "list"];
  return { bucket, ...Object.fromEntries(verbs.map((verb) => [verb, fail])) } as unknown as ObjectStorage;
}

const doorTo = (fake: FakeLambda): Door => ({
  openAws: (_context, scope) => ({ scope, lambda: fake.api, objects: absentBucket }) as unknown as Aws,
  resolveRegions: async (_context, { regions }) => regions,
});

async function environmentOf(
  fake: FakeLambda,
  given: Partial<ResolvedEnvironment>,
  functions: readonly string[] = ["orders"],
): Promise<EnvironmentStatus> {
  const { config, environment } = scene.input([], given);
  const input = { config, environments: [environment], functions, branch: null };
  const [found] = await readStatus(input, testContext({ cwd: scene.folder }), doorTo(fake));
  if (found === undefined) throw new Error("no environment");
  return found;
}

async function one(fake: FakeLambda, given: Partial<ResolvedEnvironment> = {}): Promise<FunctionStatus> {
  const { functions, errors } = await environmentOf(fake, given);
  expect(errors).toEqual([]);
  const [found] = functions;
  if (found === undefined) throw new Error("no function");
  return found;
}

const live = { alias: "live" };
const { digest: one1 } = recordOf("one");

describe("drift, with records", () => {
  it("is none where the newest deployment is live", async () => {
    const fake = fakeLambda(withAlias(fakeFunction("orders", "one"), "live"));
    await writeRecords(store, recordOf("one"));
    expect(await one(fake, { ...live, store })).toMatchObject({
      drift: "none",
      version: "1",
      alias: "live",
      digest: one1,
      commit: recordOf("one").commit,
      packageVersion: "1.4.0",
      deployedAt: "2026-11-20T10:00:00.000Z",
      who: { user: "ada" },
      account: "111111111111",
      latestDigest: null,
      rejectedVersion: null,
      failure: null,
      error: null,
      reason: "",
      apiCalls: { GetFunction: 2 },
    });
  });

  it("is code where something else is live, and says what was deployed", async () => {
    const fake = fakeLambda(withAlias(fakeFunction("orders", "by hand"), "live"));
    await writeRecords(store, recordOf("one"));
    const found = await one(fake, { ...live, store });
    expect(found).toMatchObject({ drift: "code", commit: null, expected: { digest: one1, version: "1" } });
    expect(found.reason).toContain("not deployed by Sluice");
  });

  it("is code where older code is back, with the commit that it came from", async () => {
    const fake = fakeLambda(withAlias(fakeFunction("orders", "one"), "live"));
    const commit = "f".repeat(40);
    await writeRecords(store, recordOf("one", { commit }));
    await writeRecords(store, recordOf("two", { version: "2", at: "2026-11-20T11:00:00.000Z" }));
    const found = await one(fake, { ...live, store });
    expect(found).toMatchObject({ drift: "code", commit, expected: { version: "2" } });
    expect(found.reason).toContain("older code is live again");
  });

  it("does not take a description's word for code that no record has", async () => {
    const target = withAlias(fakeFunction("orders", "two"), "live");
    Object.assign(target.aliases.get("live") ?? {}, { description: recordOf("two").digest });
    await writeRecords(store, recordOf("one"));
    const found = await one(fakeLambda(target), { ...live, store });
    expect([found.drift, found.reason]).toEqual(["code", expect.stringContaining("cut off")]);
  });

  it("is of unknown origin where there is no record at all", async () => {
    const fake = fakeLambda(withAlias(fakeFunction("orders", "one"), "live"));
    expect(await one(fake, { ...live, store })).toMatchObject({ drift: "unknown-origin", commit: null });
  });

  it("says which version was rejected", async () => {
    const target = withAlias(fakeFunction("orders", "one"), "live");
    const fake = fakeLambda(target);
    await writeRecords(store, recordOf("one"));
    const rejected = { outcome: "rejected", version: "2", at: "2026-11-20T11:00:00.000Z" } as const;
    await writeRecords(store, recordOf("two", rejected));
    expect(await one(fake, { ...live, store })).toMatchObject({ drift: "none", rejectedVersion: "2" });
  });

  it("says why Lambda cannot run what callers get", async () => {
    const broken = {
      State: "Failed",
      StateReasonCode: "InvalidSubnet",
      StateReason: "no such subnet",
    } as const;
    const withLive = (overrides: Parameters<typeof fakeFunction>[2]) =>
      one(fakeLambda(withAlias(fakeFunction("orders", "a", overrides), "live")), { alias: "live" });
    expect((await withLive(broken)).failure).toBe("Lambda cannot run it: InvalidSubnet: no such subnet");
    expect((await withLive({})).failure).toBeNull();
  });

  it("names the version that was published without an alias", async () => {
    const fake = fakeLambda(fakeFunction("orders", "one"));
    await writeRecords(store, recordOf("one", { alias: null, version: "7" }));
    const found = await one(fake, { store });
    expect(found).toMatchObject({ drift: "none", version: "7", alias: null, apiCalls: { GetFunction: 1 } });
  });

  it("tells a store that cannot be read once, and what is live all the same", async () => {
    const [orders, users] = ["orders", "users"].map((name) => withAlias(fakeFunction(name, "one"), "live"));
    const fake = fakeLambda(...[orders, users].filter((each) => each !== undefined));
    const given = { ...live, store: "s3://bucket/team" };
    const { functions, errors } = await environmentOf(fake, given, ["orders", "users"]);
    expect(errors).toMatchObject([{ code: "SLUICE_BUCKET_ABSENT" }]);
    expect(functions).toMatchObject([
      { version: "1", digest: one1, drift: null, error: null },
      { version: "1", digest: one1, drift: null, error: null },
    ]);
  });
});

describe("drift, without a store", () => {
  it("is none where the alias's description names the live code", async () => {
    const target = withAlias(fakeFunction("orders", "one"), "live");
    const description = `1.4.0 · 0123456789ab · ${one1}`;
    Object.assign(target.aliases.get("live") ?? {}, { description });
    expect(await one(fakeLambda(target), live)).toMatchObject({
      drift: "none",
      commit: "0123456789ab",
      packageVersion: "1.4.0",
      deployedAt: "2026-11-01T00:00:00.000Z",
      apiCalls: { GetFunction: 2, GetAlias: 1 },
    });
  });

  it("is of unknown origin where it names other code, or nothing", async () => {
    const target = withAlias(fakeFunction("orders", "by hand"), "live");
    expect((await one(fakeLambda(target), live)).drift).toBe("unknown-origin");
    Object.assign(target.aliases.get("live") ?? {}, { description: one1 });
    expect((await one(fakeLambda(target), live)).drift).toBe("unknown-origin");
  });

  it("is absent where there is no function, and only then", async () => {
    expect(await one(fakeLambda(), live)).toMatchObject({ drift: "absent", digest: null, error: null });
    const denied = fakeLambda(fakeFunction("orders", "one"));
    denied.before = () => awsError("AccessDeniedException", 403);
    const found = await one(denied, live);
    expect(found).toMatchObject({ drift: null, error: { code: "SLUICE_AWS_DENIED" } });
  });
});

describe("aliases", () => {
  it("shows a missing one as none: callers get $LATEST", async () => {
    const found = await one(fakeLambda(fakeFunction("orders", "one")), live);
    expect(found).toMatchObject({ alias: null, version: null, digest: one1 });
  });

  it("shows one whose version was deleted", async () => {
    const target = withAlias(fakeFunction("orders", "one"), "live");
    target.versions = [];
    const found = await one(fakeLambda(target), live);
    expect(found).toMatchObject({ drift: "code", version: "1", alias: "live", codeSha256: null });
    expect(found.reason).toContain("deleted");
  });

  it("shows a rollout of Sluice's, and somebody else's weights", async () => {
    const target = withAlias(fakeFunction("orders", "one"), "live");
    const alias = target.aliases.get("live");
    const rolling = { description: `${one1} · rollout 2 10%`, weights: { "2": 0.1 } };
    Object.assign(alias ?? {}, rolling);
    const fake = fakeLambda(target);
    expect(await one(fake, live)).toMatchObject({ rollout: { version: "2", percent: 10 } });
    Object.assign(alias ?? {}, { description: one1, weights: { "2": 0.25 } });
    expect(await one(fake, live)).toMatchObject({ drift: "none", rollout: null, weights: { "2": 0.25 } });
  });

  it("says that $LATEST has other code, and asks for weights then", async () => {
    const target = withAlias(fakeFunction("orders", "one"), "live");
    target.latest = { ...target.latest, CodeSha256: recordOf("two").codeSha256 };
    await writeRecords(store, recordOf("one"));
    expect(await one(fakeLambda(target), { ...live, store })).toMatchObject({
      drift: "none",
      latestDigest: recordOf("two").digest,
      apiCalls: { GetFunction: 2, GetAlias: 1 },
    });
  });
});

describe("calls", () => {
  const names = Array.from({ length: 120 }, (_, n) => `f-${n}`);

  it("are pages without an alias", async () => {
    const fake = fakeLambda(...names.map((name) => fakeFunction(name, name)));
    const { functions } = await environmentOf(fake, {}, names);
    expect(functions).toHaveLength(120);
    expect(fake.log).toEqual(["ListFunctions", "ListFunctions", "ListFunctions"]);
  });

  it("are pages and one GetFunction each with an alias, where records explain all", async () => {
    const fake = fakeLambda(...names.map((name) => withAlias(fakeFunction(name, name), "live")));
    for (const name of names) await writeRecords(store, recordOf(name, { function: name, target: name }));
    const { functions } = await environmentOf(fake, { ...live, store }, names);
    expect(new Set(functions.map(({ drift }) => drift))).toEqual(new Set(["none"]));
    expect(fake.log.filter((call) => call === "GetFunction")).toHaveLength(120);
    expect(fake.log.filter((call) => call !== "GetFunction")).toEqual(Array(3).fill("ListFunctions"));
  });

  it("go on one by one where listing is denied", async () => {
    const fake = fakeLambda(...names.slice(0, 5).map((name) => fakeFunction(name, name)));
    fake.before = (operation) =>
      operation === "ListFunctions" ? awsError("AccessDeniedException", 403) : undefined;
    const { functions } = await environmentOf(fake, {}, names.slice(0, 5));
    expect(functions.map(({ error }) => error)).toEqual(Array(5).fill(null));
    expect(fake.log.filter((call) => call === "GetFunction")).toHaveLength(5);
  });
});

describe("what cannot be read", () => {
  const inRegions = (fakes: Readonly<Record<string, FakeLambda>>): Door => ({
    openAws: (_context, scope) => ({ scope, lambda: fakes[scope.region]?.api }) as Aws,
    resolveRegions: async (_context, { regions }) => regions,
  });

  async function statusIn(fakes: Readonly<Record<string, FakeLambda>>, signal?: AbortSignal) {
    const { config, environment } = scene.input([], { regions: Object.keys(fakes) });
    const context = testContext({ cwd: scene.folder, ...(signal === undefined ? {} : { signal }) });
    const input = { config, environments: [environment], functions: ["orders"], branch: null };
    return readStatus(input, context, inRegions(fakes));
  }

  it("is one region, and the others are shown", async () => {
    const west = fakeLambda(fakeFunction("orders", "one"));
    const east = fakeLambda(fakeFunction("orders", "one"));
    east.before = () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const [found] = await statusIn({ "eu-west-1": west, "us-east-1": east });
    expect(found?.functions.map(({ region }) => region)).toEqual(["eu-west-1"]);
    expect(found?.errors).toMatchObject([{ code: "SLUICE_AWS_UNREACHABLE" }]);
  });

  it("is a name that needs a branch, told once for all regions", async () => {
    const { config, environment } = scene.input([], {
      regions: ["eu-west-1", "us-east-1"],
      nameTemplate: "{function}-{branch}",
    });
    const fakes = { "eu-west-1": fakeLambda(), "us-east-1": fakeLambda() };
    const input = { config, environments: [environment], functions: ["orders"], branch: null };
    const [found] = await readStatus(input, testContext({ cwd: scene.folder }), inRegions(fakes));
    expect(found?.errors).toMatchObject([{ code: "SLUICE_NAME_BRANCH_MISSING" }]);
  });

  it("is nothing that an interruption leaves half told", async () => {
    const controller = new AbortController();
    controller.abort(interrupted("SIGINT"));
    const reading = statusIn({ "eu-west-1": fakeLambda(fakeFunction("orders", "one")) }, controller.signal);
    await expect(reading).rejects.toMatchObject({ code: "SLUICE_INTERRUPTED" });
  });
});

import type { DeploymentRecord, Deployments } from "@sluice/artifact";
import type { Aws, LambdaApi } from "@sluice/aws";
import type { ApplyInput, Artifact, ObjectStorage, ResolvedEnvironment, RunEvent } from "@sluice/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deploymentsOf } from "../code/package-code.ts";
import {
  awsError,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  sha,
  withAlias,
} from "../testing/fake-lambda.ts";
import { memoryObjects } from "../testing/memory-objects.ts";
import { clockedContext, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const COMMITS = ["a".repeat(40), "b".repeat(40)] as const;
const place = { environment: "dev", target: "orders", region: "eu-west-1" };

/** A bucket whose calls are logged, and may fail. */
interface Bucket {
  readonly objects: ObjectStorage;
  /** The same, past log and failures. */
  readonly stored: ObjectStorage;
  readonly log: string[];
  fail: (call: string) => boolean;
}

function openBucket(): Bucket {
  const memory = memoryObjects("bucket");
  const log: string[] = [];
  const logged = Object.entries(memory).map(([name, verb]) => {
    if (typeof verb !== "function") return [name, verb];
    const work = async (...given: [string]): Promise<unknown> => {
      log.push(`${name} ${given[0]}`);
      if (bucket.fail(`${name} ${given[0]}`)) throw new Error("the bucket is closed");
      return (verb as (...given: unknown[]) => Promise<unknown>)(...given);
    };
    return [name, work];
  });
  const bucket: Bucket = {
    objects: Object.fromEntries(logged) as unknown as ObjectStorage,
    stored: memory,
    log,
    fail: () => false,
  };
  return bucket;
}

let bucket: Bucket;
let fake: FakeLambda;
let asked: number;
beforeEach(() => {
  bucket = openBucket();
  fake = fakeLambda(withAlias(fakeFunction("orders", "old"), "live"));
  asked = 0;
});

/** Lambda, which fetches code from the bucket. */
const fetching: LambdaApi["updateFunctionCode"] = async ({ S3Key, ...input }, calls) => {
  const ZipFile = S3Key === undefined ? input.ZipFile : ((await bucket.stored.get(S3Key)) ?? undefined);
  return fake.api.updateFunctionCode({ ...input, ZipFile }, calls);
};

const aws = (): Aws =>
  ({
    scope: { region: "eu-west-1", profile: null, role: null },
    lambda: { ...fake.api, updateFunctionCode: fetching },
    objects: () => bucket.objects,
  }) as unknown as Aws;

interface Options {
  readonly commit?: string | null;
  readonly dirty?: boolean;
  readonly environment?: Partial<ResolvedEnvironment>;
  readonly now?: number;
  /** Which of the bucket's calls fail while it is applied. */
  readonly fail?: (call: string) => boolean;
}

/** One run of the command: what it gave, and what it said. */
async function run(artifacts: readonly Artifact[], options: Options = {}) {
  const { commit = COMMITS[0], dirty = false, environment, now = 5_000_000 } = options;
  const events: RunEvent[] = [];
  const context = clockedContext(scene.folder, { emit: (event) => events.push(event), now: () => now });
  const plain = scene.input(artifacts, { alias: "live", store: "s3://bucket/team", ...environment });
  const actor = async () => {
    asked += 1;
    return { identity: "arn:aws:iam::111111111111:user/ada", user: "ada@laptop", job: null };
  };
  const input = { ...plain, ref: { ...plain.ref, commit, dirty }, actor };
  const strategy = updateExisting({}, { openAws: aws, resolveRegions: async () => ["eu-west-1"] });
  const changes = (await strategy.plan(input, context)) ?? [];
  bucket.log.length = 0;
  bucket.fail = options.fail ?? (() => false);
  const rows = await strategy.apply({ ...input, changes } as ApplyInput, context);
  bucket.fail = () => false;
  const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  return { rows, notices, input };
}

function deployments(): Deployments {
  const input = scene.input([], { store: "s3://bucket/team" });
  const opened = deploymentsOf(input, aws());
  if (opened === null) throw new Error("no store");
  return opened;
}

async function records(): Promise<readonly DeploymentRecord[]> {
  const all = deployments();
  return Promise.all((await all.list(place)).map((summary) => all.read(summary)));
}

describe("a deployment", () => {
  it("is recorded with who, what and what was before", async () => {
    const artifact = await scene.artifact("orders", "new", { tools: { sluice: "0.1.0" } });
    const { rows } = await run([artifact]);
    expect(await records()).toEqual([
      {
        schema: 1,
        ...place,
        function: "orders",
        account: "111111111111",
        alias: "live",
        command: "deploy",
        outcome: "live",
        digest: artifact.manifest.digest,
        codeSha256: artifact.manifest.codeSha256,
        version: "2",
        predecessor: {
          version: "1",
          digest: `sha256:${Buffer.from(sha("old"), "base64").toString("hex")}`,
          codeSha256: sha("old"),
          commit: null,
        },
        commit: COMMITS[0],
        tree: null,
        committedAt: null,
        dirty: false,
        branch: "develop",
        packageVersion: "1.4.0",
        at: "1970-01-01T01:23:20.000Z",
        who: { identity: "arn:aws:iam::111111111111:user/ada", user: "ada@laptop", job: null },
        reason: "code changed",
        sluice: "0.1.0",
        layers: [],
        image: null,
      },
    ]);
    expect(Object.keys(rows[0]?.apiCalls ?? {})).not.toContain("ListObjectsV2");
    const entries = await deployments().readCommit("dev", COMMITS[0]);
    expect(entries).toMatchObject([{ function: "orders", version: "2", digest: artifact.manifest.digest }]);
  });

  it("names the commit that its predecessor was deployed as, and comes after it by whatever clock", async () => {
    await run([await scene.artifact("orders", "new")], { now: 9_000_000 });
    await run([await scene.artifact("orders", "newer")], { commit: COMMITS[1], now: 5_000_000 });
    const [newest, before] = await records();
    expect(newest).toMatchObject({ commit: COMMITS[1], predecessor: { commit: COMMITS[0], version: "2" } });
    expect([newest?.at, before?.at]).toEqual(["1970-01-01T02:30:00.001Z", "1970-01-01T02:30:00.000Z"]);
  });

  it("of many targets asks once who it is", async () => {
    const names = ["orders", "users", "mails"];
    fake = fakeLambda(...names.map((name) => withAlias(fakeFunction(name, "old"), "live")));
    await run(await Promise.all(names.map((name) => scene.artifact(name, "new"))));
    expect(asked).toBe(1);
    expect(await deployments().readCommit("dev", COMMITS[0])).toHaveLength(3);
  });

  it("that found nothing to do costs one read, and writes nothing", async () => {
    const artifact = await scene.artifact("orders", "new");
    await run([artifact]);
    const { rows } = await run([artifact]);
    expect(rows[0]?.outcome).toBe("unchanged");
    expect(bucket.log).toEqual(["list team/deployments/dev/.live/"]);
    expect(asked).toBe(1);
  });

  it("asks the bucket for nothing twice", async () => {
    await run([await scene.artifact("orders", "good")]);
    await run([await scene.artifact("orders", "new")], { commit: COMMITS[1] });
    const reads = bucket.log.filter((call) => /^(list|get|head)/.test(call) && call.includes("deployments"));
    expect(reads.length).toBeGreaterThan(0);
    expect(reads).toEqual([...new Set(reads)]);
  });

  it("of other functions each time writes nothing where nothing has changed", async () => {
    const names = ["orders", "users"];
    fake = fakeLambda(...names.map((name) => withAlias(fakeFunction(name, "old"), "live")));
    const artifacts = await Promise.all(names.map((name) => scene.artifact(name, "new")));
    await run(artifacts);
    for (const artifact of [...artifacts, ...artifacts]) {
      await run([artifact]);
      expect(bucket.log.filter((call) => call.startsWith("put"))).toEqual([]);
    }
  });

  it("of another commit with the same code is noted for that commit, and is no deployment", async () => {
    const artifact = await scene.artifact("orders", "new");
    await run([artifact]);
    await run([artifact], { commit: COMMITS[1] });
    expect(bucket.log.filter((call) => call.includes("/orders/"))).toEqual([]);
    expect(await records()).toHaveLength(1);
    expect(await deployments().readCommit("dev", COMMITS[1])).toMatchObject([{ version: "2" }]);
  });

  it("with files that no commit has is recorded so, and is no commit's", async () => {
    await run([await scene.artifact("orders", "new")], { dirty: true });
    expect(await records()).toMatchObject([{ dirty: true, commit: COMMITS[0] }]);
    expect(await deployments().readCommit("dev", COMMITS[0])).toEqual([]);
  });

  it("without a store is not recorded", async () => {
    const { rows, notices } = await run([await scene.artifact("orders", "new")], {
      environment: { store: null },
    });
    expect([rows[0]?.outcome, notices, bucket.log]).toEqual(["updated", [], []]);
  });
});

describe("what went wrong", () => {
  it("is recorded once something was written, and the last one that was live is still known", async () => {
    await run([await scene.artifact("orders", "good")]);
    const conflict = awsError("PreconditionFailedException", 412);
    fake.before = (operation) => (operation === "UpdateAlias" ? conflict : undefined);
    const { rows } = await run([await scene.artifact("orders", "new")], { commit: COMMITS[1] });
    expect(rows[0]?.outcome).toBe("conflict");
    const [newest] = await records();
    expect(newest).toMatchObject({ outcome: "conflict", version: null, commit: COMMITS[1] });
    expect(await deployments().newestLive(place)).toMatchObject({ commit: COMMITS[0] });
    expect(await deployments().readCommit("dev", COMMITS[1])).toEqual([]);
  });

  it("is not recorded when nothing was written", async () => {
    fake.before = (operation) =>
      operation === "UpdateFunctionCode" ? awsError("AccessDeniedException", 403) : undefined;
    const { rows } = await run([await scene.artifact("orders", "new")]);
    expect(rows[0]?.outcome).toBe("failed");
    expect((await records()).filter(({ outcome }) => outcome === "live")).toEqual([]);
  });
});

describe("a record that cannot be written", () => {
  const isRecord = (call: string): boolean => /^putIfAbsent team\/deployments\/dev\/\w/.test(call);

  it("hides nothing, is told once, and is written by the next run", async () => {
    const names = ["orders", "users"];
    fake = fakeLambda(...names.map((name) => withAlias(fakeFunction(name, "old"), "live")));
    const artifacts = await Promise.all(names.map((name) => scene.artifact(name, "new")));
    const { rows, notices } = await run(artifacts, { fail: isRecord });
    expect(rows.map(({ outcome, error }) => [outcome, error])).toEqual([
      ["updated", null],
      ["updated", null],
    ]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(
      /orders in eu-west-1 and 1 more: .*is live.*The next run.*the bucket is closed/,
    );
    expect(await records()).toEqual([]);
    expect((await run(artifacts)).notices).toEqual([]);
    expect(await records()).toMatchObject([{ outcome: "live", version: "2", commit: COMMITS[0] }]);
    await run(artifacts);
    expect(bucket.log).toEqual(["list team/deployments/dev/.live/"]);
    expect(await records()).toHaveLength(1);
  });

  it("since the whole bucket is closed leaves the deployment as it is", async () => {
    const artifact = await scene.artifact("orders", "new");
    const closed = (call: string): boolean => call.includes("deployments");
    const { rows, notices } = await run([artifact], { fail: closed });
    expect([rows[0]?.outcome, rows[0]?.version, notices.length]).toEqual(["updated", "2", 1]);
    await run([artifact]);
    expect(await records()).toMatchObject([{ outcome: "live", version: "2" }]);
  });
});

it("completes the records of a run that was killed when callers had the code", async () => {
  await run([await scene.artifact("orders", "good")]);
  // The run that is killed then: all of it happened, but for its records.
  const artifact = await scene.artifact("orders", "new");
  await run([artifact], { environment: { store: null } });
  await run([artifact], { commit: COMMITS[1] });
  const [newest] = await records();
  expect(newest).toMatchObject({
    outcome: "live",
    version: "3",
    commit: COMMITS[1],
    predecessor: { version: "2", commit: COMMITS[0] },
    reason: expect.stringContaining("found live"),
  });
});

import { type Digest, isSluiceError } from "@sluice/core";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { digestToCodeSha256 } from "../digest.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { bucketStore, folderStore } from "../testing/backends.ts";
import { deploymentsIn } from "./deployments.ts";
import { readRecordKey, recordKey } from "./record-key.ts";
import type { CommitEntry, DeploymentRecord } from "./types.ts";

let emulator: Emulator;
let fixture: FsFixture;
beforeAll(async () => {
  emulator = await startEmulator();
}, 240_000);
afterAll(async () => {
  await emulator?.stop();
});
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(async () => {
  await fixture.rm();
});

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const place = { environment: "dev", target: "orders-dev", region: "eu-west-1" };
const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

function record(overrides: Partial<DeploymentRecord> = {}): DeploymentRecord {
  const digest = overrides.digest ?? digestOf("a");
  return {
    schema: 1,
    ...place,
    function: "orders",
    account: "111111111111",
    alias: "live",
    command: "deploy",
    outcome: "live",
    digest,
    codeSha256: digestToCodeSha256(digest),
    version: "7",
    predecessor: { version: "6", digest: digestOf("b"), codeSha256: null, commit: null },
    commit: COMMIT,
    tree: null,
    committedAt: "2026-11-21T09:55:00.000Z",
    dirty: false,
    branch: "develop",
    packageVersion: "1.4.0",
    at: "2026-11-21T10:00:00.000Z",
    who: { identity: null, user: "ada", job: null },
    reason: "code changed",
    sluice: "0.1.0",
    layers: [{ layer: "shared", digest: digestOf("c") }],
    image: null,
    ...overrides,
  };
}

function entry(overrides: Partial<CommitEntry> = {}): CommitEntry {
  return {
    function: "orders",
    target: "orders-dev",
    region: "eu-west-1",
    digest: digestOf("a"),
    version: "7",
    at: "2026-11-21T10:00:00.000Z",
    image: null,
    layers: [],
    ...overrides,
  };
}

const at = (second: number): string => new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString();

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return isSluiceError(error) ? error.code : `unexpected: ${error}`;
  }
  return "none";
}

describe.each<[string, () => Promise<StoreBackend>]>([
  ["a folder", async () => folderStore(fixture.path)],
  ["S3", () => bucketStore(emulator.endpoint)],
])("records in %s", (_, open) => {
  it("are listed newest first by their keys, and read whole", async () => {
    const deployments = deploymentsIn(await open());
    expect(await deployments.list(place)).toEqual([]);
    for (const second of [2, 1, 3])
      await deployments.write(record({ at: at(second), version: String(second) }));
    await deployments.write(record({ target: "orders-dev-2", at: at(9) }));
    await deployments.write(record({ region: "us-east-1", at: at(9) }));
    await deployments.write(record({ environment: "prod", at: at(9) }));
    const found = await deployments.list(place);
    expect(found.map(({ version }) => version)).toEqual(["3", "2", "1"]);
    expect(found[0]).toMatchObject({ at: at(3), commit: COMMIT, outcome: "live", digest: digestOf("a") });
    expect((await deployments.list(place, 2)).map(({ version }) => version)).toEqual(["3", "2"]);
    expect(await deployments.read(found[0] ?? never())).toEqual(record({ at: at(3), version: "3" }));
  });

  it("are written once: the same again is no other, and another does not take its place", async () => {
    const deployments = deploymentsIn(await open());
    await deployments.write(record());
    await deployments.write(record());
    expect(await codeOf(() => deployments.write(record({ reason: "another" })))).toBe("SLUICE_RECORD_EXISTS");
    const [only, ...others] = await deployments.list(place);
    expect(others).toEqual([]);
    expect((await deployments.read(only ?? never())).reason).toBe("code changed");
  });

  it("tell the newest that callers got, behind however many that they did not", async () => {
    const deployments = deploymentsIn(await open());
    expect(await deployments.newestLive(place)).toBeNull();
    await deployments.write(record({ at: at(0), version: "1" }));
    const writes = Array.from({ length: 55 }, (_unused, index) =>
      deployments.write(record({ at: at(index + 1), outcome: "rejected", version: "2" })),
    );
    await Promise.all(writes);
    expect(await deployments.newestLive(place)).toMatchObject({ version: "1", outcome: "live" });
  });

  it("that were changed, or are of another version of Sluice, are refused", async () => {
    const backend = await open();
    const deployments = deploymentsIn(backend);
    const spoiled: readonly [number, unknown][] = [
      [1, { ...record({ at: at(1) }), digest: digestOf("d"), codeSha256: digestToCodeSha256(digestOf("d")) }],
      [2, { ...record({ at: at(2) }), codeSha256: "other" }],
      [3, { ...record({ at: at(3) }), schema: 2 }],
      [4, { ...record({ at: at(4) }), who: "ada" }],
      [5, "no record"],
      [6, { ...record({ at: at(6) }), version: "8" }],
    ];
    for (const [second, contents] of spoiled)
      await backend.create(recordKey(record({ at: at(second) })), Buffer.from(JSON.stringify(contents)));
    for (const summary of await deployments.list(place))
      expect(await codeOf(() => deployments.read(summary))).toBe("SLUICE_RECORD_INVALID");
    expect(await deployments.list(place)).toHaveLength(spoiled.length);
  });

  it("keep what a commit came to, what was written last for each function and region", async () => {
    const deployments = deploymentsIn(await open());
    expect(await deployments.readCommit("dev", COMMIT)).toEqual([]);
    const orders = entry();
    const users = entry({ function: "users", target: "users-dev" });
    await deployments.writeCommit("dev", COMMIT, [orders, users]);
    await deployments.writeCommit("prod", COMMIT, [entry({ version: "1" })]);
    const again = entry({ digest: digestOf("d"), version: "8", at: at(5) });
    await deployments.writeCommit("dev", COMMIT, [again]);
    expect(await deployments.readCommit("dev", COMMIT)).toEqual([again, users]);
    expect(await deployments.readCommit("dev", "f".repeat(40))).toEqual([]);
    // A clock that goes behind does not make what is written now the older one.
    await deployments.writeCommit("dev", COMMIT, [{ ...orders, at: at(0) }]);
    expect((await deployments.readCommit("dev", COMMIT))[0]).toMatchObject({ version: "7" });
  });

  it("write nothing when what is written last is the same, whenever and in whatever order", async () => {
    const backend = await open();
    const created: string[] = [];
    const create: StoreBackend["create"] = (key, contents) => {
      created.push(key);
      return backend.create(key, contents);
    };
    const deployments = deploymentsIn({ ...backend, create });
    const users = entry({ function: "users", target: "users-dev" });
    await deployments.writeCommit("dev", COMMIT, [entry(), users]);
    await (await deployments.lastNote("dev")).replace({
      commit: COMMIT,
      entries: [entry(), users],
      unknown: [],
    });
    expect(created).toHaveLength(2);
    const later = [users, entry({ at: at(50) })];
    expect(
      await (await deployments.lastNote("dev")).has({ commit: COMMIT, entries: later, unknown: [] }),
    ).toBe(true);
    await deployments.writeCommit("dev", COMMIT, later);
    await (await deployments.lastNote("dev")).replace({ commit: COMMIT, entries: later, unknown: [] });
    expect(created).toHaveLength(2);
    expect(await (await deployments.lastNote("dev")).has({ commit: null, entries: later, unknown: [] })).toBe(
      false,
    );
    const part = { commit: COMMIT, entries: [users], unknown: [] };
    expect(await (await deployments.lastNote("dev")).has(part)).toBe(true);
    const other = { ...part, commit: "b".repeat(40) };
    expect(await (await deployments.lastNote("dev")).has(other)).toBe(false);
    await (await deployments.lastNote("dev")).replace(other);
    const note = await deployments.lastNote("dev");
    expect([await note.has(other), await note.has(part)]).toEqual([true, false]);
    expect(await note.has({ commit: COMMIT, entries: [entry()], unknown: [] })).toBe(true);
    expect(await note.has({ commit: COMMIT, entries: [entry({ version: "99" })], unknown: [] })).toBe(false);
  });

  it("of before commits' times were written down are read without them", async () => {
    const backend = await open();
    const deployments = deploymentsIn(backend);
    const { committedAt, ...earlier } = record();
    await backend.create(recordKey(record()), Buffer.from(JSON.stringify(earlier)));
    const [summary = never()] = await deployments.list(place);
    expect(await deployments.read(summary)).toEqual({ ...earlier, committedAt: null });
    const later = record({ at: at(1) });
    await deployments.write(later);
    expect(await deployments.read((await deployments.newestLive(place)) ?? never())).toEqual(later);
    expect(later.committedAt).toBe(committedAt);
  });

  it("note what is live: what a run did not look at stays, what it does not know goes", async () => {
    const deployments = deploymentsIn(await open());
    const users = entry({ function: "users", target: "users-dev" });
    const mails = entry({ function: "mails", target: "mails-dev" });
    await (await deployments.lastNote("dev")).replace({
      commit: COMMIT,
      entries: [entry(), users, mails],
      unknown: [],
    });
    const newer = entry({ version: "8", at: at(1) });
    const unknown = [{ target: "mails-dev", region: "eu-west-1" }];
    await (await deployments.lastNote("dev")).replace({ commit: null, entries: [newer], unknown });
    expect(await (await deployments.lastNote("dev")).entries()).toEqual([newer, users]);
    expect(await (await deployments.lastNote("prod")).entries()).toEqual([]);
  });
});

function never(): never {
  throw new Error("nothing was found");
}

describe("a record's key", () => {
  it("sorts by time, newest first, and tells what is in it", () => {
    const keys = [at(3), at(1), at(2)].map((time) => recordKey(record({ at: time }))).sort();
    expect(keys.map((key) => readRecordKey(key)?.at)).toEqual([at(3), at(2), at(1)]);
    const bare = record({ commit: null, version: null, outcome: "failed", environment: "a/b ..", at: at(1) });
    expect(readRecordKey(recordKey(bare))).toMatchObject({ commit: null, version: null, outcome: "failed" });
    expect(recordKey(bare)).toMatch(
      /^deployments\/a%2Fb%20\.\.\/orders-dev\/eu-west-1\/\d{13}-20261121T100001000Z-none-0-failed-a{64}\.json$/,
    );
  });

  it.each<[string, Partial<DeploymentRecord>]>([
    ["a target that leaves its folder", { target: "../orders" }],
    ["an ARN", { target: "arn:aws:lambda:eu-west-1:111111111111:function:orders" }],
    ["a region that is none", { region: "eu/west" }],
    ["a branch for a commit", { commit: "develop" }],
    ["a version that is none", { version: "$LATEST" }],
  ])("is refused to %s", async (_what, overrides) => {
    expect(await codeOf(async () => recordKey(record(overrides)))).toBe("SLUICE_RECORD_INVALID");
  });

  it("of an environment named with dots stays below the others", () => {
    expect(recordKey(record({ environment: ".." }))).toMatch(/^deployments\/%2E%2E\/orders-dev\//);
  });
});

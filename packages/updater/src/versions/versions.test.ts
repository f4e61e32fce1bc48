import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aws, CallCounter } from "@sluice/aws";
import type { ResolvedEnvironment } from "@sluice/core";
import { testContext } from "@sluice/test-kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awsError, type FakeLambda, fakeFunction, fakeLambda } from "../testing/fake-lambda.ts";
import { recordOf, writeRecords } from "../testing/records.ts";
import { openScene, type Scene } from "../testing/scene.ts";
import { withVersions } from "../testing/with-versions.ts";
import { deleteVersion } from "./delete-version.ts";
import { type FunctionVersions, functionVersions } from "./versions.ts";

let scene: Scene;
let store: string;
beforeEach(async () => {
  scene = await openScene();
  store = await mkdtemp(join(tmpdir(), "sluice-versions-"));
});
afterEach(async () => {
  await scene.dispose();
  await rm(store, { recursive: true, force: true });
});

interface Asked {
  readonly keep?: number;
  readonly dryRun?: boolean;
  readonly environment?: Partial<ResolvedEnvironment>;
}

async function ask(fake: FakeLambda, { keep, dryRun = false, environment = {} }: Asked = {}) {
  const { config, environment: dev } = scene.input([], { alias: "live", ...environment });
  const context = testContext({ cwd: scene.folder });
  const input = { config, environment: dev, functions: ["orders"], branch: null, keep: keep ?? null, dryRun };
  const [found] = await functionVersions(input, context, {
    openAws: (_context, scope) => ({ scope, lambda: fake.api }) as Aws,
    resolveRegions: async (_context, { regions }) => regions,
  });
  if (found === undefined) throw new Error("no function");
  return { found, left: fake.functions.get("orders")?.versions.map(({ Version }) => Version) ?? [] };
}

const numbers = ({ versions }: FunctionVersions): string[] => versions.map(({ version }) => version);

describe("listing", () => {
  it("gives versions, the newest first, with aliases, shares and what records say", async () => {
    const target = withVersions("orders", 3, 2);
    target.aliases.set("live", { version: "2", revision: "r", weights: { "3": 0.1 } });
    target.aliases.set("old", { version: "1", revision: "r" });
    await writeRecords(store, recordOf("code 2", { version: "2" }));
    await writeRecords(store, recordOf("code 3", { version: "3", outcome: "rejected" }));
    const { found } = await ask(fakeLambda(target), { environment: { store } });
    expect(found.versions).toMatchObject([
      { version: "3", aliases: [{ name: "live", share: 0.1 }], outcome: "rejected", sizeBytes: 1_000_000 },
      { version: "2", aliases: [{ name: "live", share: 0.9 }], outcome: "live", packageVersion: "1.4.0" },
      { version: "1", aliases: [{ name: "old", share: 1 }], outcome: null, commit: null },
    ]);
    expect(found.apiCalls).toEqual({ ListVersionsByFunction: 1, ListAliases: 1 });
  });

  it("does not give a version the record of another function that had the name", async () => {
    await writeRecords(store, recordOf("of the function before", { version: "1" }));
    const { found } = await ask(fakeLambda(withVersions("orders", 1)), { environment: { store } });
    expect(found.versions).toMatchObject([{ version: "1", outcome: null, commit: null }]);
  });

  it("reads descriptions of versions where they name the version's code", async () => {
    const target = withVersions("orders", 2);
    const [first, second] = target.versions;
    const { digest } = recordOf("code 1");
    Object.assign(first ?? {}, { Description: `1.0.0 · 0123456789ab · ${digest}` });
    Object.assign(second ?? {}, { Description: `1.0.0 · 0123456789ab · ${digest}` });
    const { found } = await ask(fakeLambda(target));
    expect(found.versions.map(({ commit }) => commit)).toEqual([null, "0123456789ab"]);
  });

  it("says absent, and what was denied", async () => {
    expect((await ask(fakeLambda())).found).toMatchObject({ absent: true, versions: [], error: null });
    const fake = fakeLambda(withVersions("orders", 1));
    fake.before = () => awsError("AccessDeniedException", 403);
    const { found } = await ask(fake);
    expect(found).toMatchObject({ absent: false, error: { code: "SLUICE_AWS_DENIED" } });
  });
});

describe("pruning", () => {
  it("deletes nothing, and asks nothing more, where there are no more than N", async () => {
    const fake = fakeLambda(withVersions("orders", 3));
    const { left, found } = await ask(fake, { keep: 3 });
    expect(left).toEqual(["1", "2", "3"]);
    expect(found.apiCalls).toEqual({ ListVersionsByFunction: 2, ListAliases: 1 });
  });

  it("keeps what is needed, deletes the others one by one, the oldest first, and says what was freed", async () => {
    const target = withVersions("orders", 9);
    target.aliases.set("pinned", { version: "1", revision: "r" });
    target.aliases.set("canary", { version: "9", revision: "r", weights: { "2": 0.1 } });
    target.mapped = ["3", "live"];
    const predecessor = { version: "4", digest: null, codeSha256: null, commit: null };
    await writeRecords(store, recordOf("code 9", { version: "9", predecessor }));
    const fake = fakeLambda(target, fakeFunction("orders-2", "x"));
    const { found, left } = await ask(fake, { keep: 2, environment: { store } });
    expect(left).toEqual(["1", "2", "3", "4", "8", "9"]);
    expect(numbers(found)).toEqual(["9", "8", "4", "3", "2", "1"]);
    expect(found).toMatchObject({ prunedVersions: ["5", "6", "7"], freedBytes: 3_000_000 });
    expect(found.stays.map(({ version }) => version)).toEqual(["1", "2", "3", "4"]);
    expect(fake.functions.size).toBe(2);
    expect(found.apiCalls).toMatchObject({ DeleteFunction: 3, ListEventSourceMappings: 1 });
  });

  it("takes a mapping of a function with a longer name for another's", async () => {
    const other = fakeFunction("my-orders", "x");
    other.mapped = ["1"];
    const { left } = await ask(fakeLambda(withVersions("orders", 3), other), { keep: 1 });
    expect(left).toEqual(["3"]);
  });

  it("says in a dry run what would go, and deletes nothing", async () => {
    const fake = fakeLambda(withVersions("orders", 5));
    const { found, left } = await ask(fake, { keep: 2, dryRun: true });
    expect([found.prunedVersions, found.freedBytes]).toEqual([["1", "2", "3"], 3_000_000]);
    expect(left).toHaveLength(5);
    expect(fake.log).not.toContain("DeleteFunction");
  });

  it.each(["ResourceConflictException", "InvalidParameterValueException"])(
    "tells what AWS keeps, and goes on: %s",
    async (name) => {
      const fake = fakeLambda(withVersions("orders", 4));
      fake.before = (operation, nth) =>
        operation === "DeleteFunction" && nth === 1 ? awsError(name, 409) : undefined;
      const { found, left } = await ask(fake, { keep: 1 });
      expect(left).toEqual(["1", "4"]);
      expect(found).toMatchObject({ prunedVersions: ["2", "3"], error: null });
      expect(found.stays).toEqual([{ version: "1", why: expect.stringContaining(name) }]);
    },
  );

  it("stops where it is denied, and says how to allow it", async () => {
    const fake = fakeLambda(withVersions("orders", 4));
    fake.before = (operation) =>
      operation === "DeleteFunction" ? awsError("AccessDeniedException", 403) : undefined;
    const { found } = await ask(fake, { keep: 1 });
    expect(found).toMatchObject({ prunedVersions: [], error: { code: "SLUICE_AWS_DENIED" } });
    expect(fake.log.filter((call) => call === "DeleteFunction")).toHaveLength(1);
    expect(found.error?.hint).toContain("lambda:DeleteFunction");
  });

  it("does not take for its own what somebody else deleted", async () => {
    const fake = fakeLambda(withVersions("orders", 3));
    fake.before = (operation, nth) =>
      operation === "DeleteFunction" && nth === 1 ? awsError("ResourceNotFoundException", 404) : undefined;
    expect((await ask(fake, { keep: 1 })).found.prunedVersions).toEqual(["2"]);
  });

  it.each(["", "$LATEST", "live", "0", "1 ", "01", "-1", "1e3"])(
    "never sends anything but a version's number: %j",
    async (version) => {
      const fake = fakeLambda(withVersions("orders", 2));
      const target = {
        function: "orders",
        target: "orders",
        region: "eu-west-1",
        account: null,
        alias: null,
      };
      const calls: CallCounter = {};
      const deletion = deleteVersion({ lambda: fake.api, target, calls }, version);
      await expect(deletion).rejects.toMatchObject({ code: "SLUICE_DEFECT" });
      expect(fake.log).toEqual([]);
    },
  );
});

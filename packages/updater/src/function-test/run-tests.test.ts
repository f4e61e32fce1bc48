import { join } from "node:path";
import type { ResolvedEnvironment, ResolvedFunction, ResolvedTest, TargetReport } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  awsError,
  type FakeAnswer,
  type FakeLambda,
  fakeFunction,
  fakeLambda,
  withAlias,
} from "../testing/fake-lambda.ts";
import { clockedContext, deploy, openScene, type Run, type Scene, strategyOn } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const invocation = (more: object = {}): ResolvedTest => ({
  kind: "invoke",
  payload: {},
  timeoutSeconds: 5,
  ...more,
});

function provisioned(answer: (payload: unknown, qualifier?: string) => FakeAnswer): FakeLambda {
  return fakeLambda(Object.assign(withAlias(fakeFunction("orders", "old"), "live"), { answer }));
}

interface Tried {
  readonly tests?: readonly ResolvedTest[];
  readonly own?: readonly ResolvedTest[];
  readonly environment?: Partial<ResolvedEnvironment>;
  readonly skipTest?: boolean;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

async function run(fake: FakeLambda, tried: Tried): Promise<Run> {
  const { tests = [], own = [], environment = {}, skipTest = false, env = {}, signal } = tried;
  const artifact = await scene.artifact("orders", "new");
  const input = scene.input([artifact], { alias: "live", tests, ...environment });
  const functions = [{ name: "orders", tests: own } as unknown as ResolvedFunction];
  const context = clockedContext(scene.folder, signal === undefined ? { env } : { env, signal });
  return deploy(
    strategyOn(fake),
    { ...input, config: { ...input.config, functions }, options: { ...input.options, skipTest } },
    context,
  );
}

async function rowOf(fake: FakeLambda, tried: Tried): Promise<TargetReport> {
  const [row] = (await run(fake, tried)).rows;
  if (row === undefined) throw new Error("no row");
  return row;
}

const aliasOf = (fake: FakeLambda): string | undefined =>
  fake.functions.get("orders")?.aliases.get("live")?.version;
const published = (fake: FakeLambda): number | undefined => fake.functions.get("orders")?.versions.length;

describe("a test by invocation", () => {
  it("lets a version through that gives what is expected, before the alias is moved", async () => {
    const seen: unknown[] = [];
    const fake = provisioned((payload, qualifier) => {
      seen.push([payload, qualifier, aliasOf(fake)]);
      return { result: { ok: true, more: 1 } };
    });
    const row = await rowOf(fake, { own: [invocation({ payload: { ping: 1 }, expect: { ok: true } })] });
    expect(row).toMatchObject({ outcome: "updated", version: "2", apiCalls: { Invoke: 1, UpdateAlias: 1 } });
    expect(row.reason).toContain("1 test");
    expect([seen, aliasOf(fake)]).toEqual([[[{ ping: 1 }, "2", "1"]], "2"]);
  });

  it("keeps the alias where it was, tests again next time, and publishes nothing anew", async () => {
    let isGood = false;
    const fake = provisioned(() => ({
      result: { total: isGood ? 3 : 4 },
      log: "START RequestId: 1\nlooked\nadded\n",
    }));
    const tried = { own: [invocation({ expect: { total: 3 } })] };
    const row = await rowOf(fake, tried);
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      previousVersion: "1",
      rejectedVersion: "2",
    });
    expect(row.error?.code).toBe("SLUICE_TEST_FAILED");
    expect(row.error?.message).toBe(
      [
        "orders in eu-west-1: function version 2 did not pass its test (functions.orders.test[0]): its result is not what is expected at $.total.",
        "  expected  3",
        "  found     4",
        "  its log ends with",
        "    looked",
        "    added",
      ].join("\n"),
    );
    expect(row.error?.hint).toContain("Alias live stays on 1");
    const again = await rowOf(fake, tried);
    expect(again).toMatchObject({ outcome: "failed", rejectedVersion: "2", apiCalls: { Invoke: 1 } });
    expect([aliasOf(fake), published(fake)]).toEqual(["1", 2]);
    isGood = true;
    expect(await rowOf(fake, tried)).toMatchObject({ outcome: "updated", version: "2" });
    expect([aliasOf(fake), published(fake)]).toEqual(["2", 2]);
  });

  it("fails by a function error, whatever is expected, and shows no secret", async () => {
    const result = { errorType: "Error", errorMessage: "no way with hunter2-hunter2" };
    const fake = provisioned(() => ({ result, error: "Unhandled", log: "key hunter2-hunter2" }));
    const row = await rowOf(fake, { own: [invocation()], env: { DB_PASSWORD: "hunter2-hunter2" } });
    expect(row.error?.message).toContain("it ended with a function error (Unhandled)");
    expect(row.error?.message).toContain("no way with [redacted]");
    expect(JSON.stringify(row)).not.toContain("hunter2");
  });

  it("invokes again what was throttled, until its time is up", async () => {
    const fake = provisioned(() => ({ result: 1 }));
    fake.before = (operation, nth) =>
      operation === "Invoke" && nth < 3 ? awsError("TooManyRequestsException", 429) : undefined;
    expect(await rowOf(fake, { own: [invocation()] })).toMatchObject({
      outcome: "updated",
      apiCalls: { Invoke: 3 },
    });
    const throttled = provisioned(() => ({ result: 1 }));
    throttled.before = (operation) =>
      operation === "Invoke" ? awsError("TooManyRequestsException", 429) : undefined;
    const row = await rowOf(throttled, { own: [invocation()] });
    expect([row.outcome, row.error?.code, aliasOf(throttled)]).toEqual([
      "failed",
      "SLUICE_TEST_NOT_RUN",
      "1",
    ]);
  });

  it("waits while Lambda is still getting it ready", async () => {
    const fake = provisioned(() => ({ result: 1 }));
    fake.before = (operation, nth) =>
      operation === "Invoke" && nth < 3 ? awsError("SnapStartNotReadyException", 409) : undefined;
    expect(await rowOf(fake, { own: [invocation()] })).toMatchObject({
      outcome: "updated",
      apiCalls: { Invoke: 3 },
    });
  });

  it("never repeats what may have run", async () => {
    let ran = 0;
    const fake = provisioned(() => {
      ran += 1;
      return { result: 1 };
    });
    fake.after = (operation) =>
      operation === "Invoke" ? Object.assign(new Error("broke off"), { code: "ECONNRESET" }) : undefined;
    const row = await rowOf(fake, { own: [invocation()] });
    expect([ran, row.error?.code, row.rejectedVersion]).toEqual([1, "SLUICE_TEST_NOT_RUN", "2"]);
  });

  it("does not wait for longer than the test allows", async () => {
    const fake = provisioned(() => ({ result: 1 }));
    Object.assign(fake.api, { invoke: () => new Promise(() => undefined) });
    const row = await rowOf(fake, { own: [invocation({ timeoutSeconds: 0.1 })] });
    expect(row.error?.message).toContain("gave no result within 0.1 s");
  });

  it("says what permission is missing", async () => {
    const fake = provisioned(() => ({ result: 1 }));
    fake.before = (operation) =>
      operation === "Invoke" ? awsError("AccessDeniedException", 403) : undefined;
    const { error } = await rowOf(fake, { own: [invocation()] });
    expect([error?.code, error?.message, error?.hint]).toEqual([
      "SLUICE_TEST_NOT_RUN",
      expect.stringContaining("AccessDeniedException"),
      expect.stringContaining("lambda:InvokeFunction"),
    ]);
  });
});

describe("tests of a target", () => {
  it("run one after another, the function's own first, until one fails", async () => {
    const seen: unknown[] = [];
    const fake = provisioned((payload) => {
      seen.push(payload);
      return { result: payload === 2 ? "bad" : "good" };
    });
    const tests = [1, 2, 3].map((payload) => invocation({ payload, expect: "good" }));
    const { changes, rows } = await run(fake, { own: tests.slice(0, 1), tests: tests.slice(1) });
    expect(seen).toEqual([1, 2]);
    expect(rows[0]?.error?.code).toBe("SLUICE_TEST_FAILED");
    expect(changes[0]?.reason).toBe("code changed; 3 tests");
  });

  it("are left out by --skip-test, which the row says, and by `test: false`", async () => {
    const fake = provisioned(() => ({ result: "bad" }));
    const own = [invocation({ expect: "good" })];
    const skipped = await rowOf(fake, { own, skipTest: true });
    expect([skipped.outcome, skipped.reason]).toEqual(["updated", "code changed; untested"]);
    const off = await rowOf(
      provisioned(() => ({ result: "bad" })),
      { own, environment: { testsOff: true } },
    );
    expect([off.outcome, off.reason]).toEqual(["updated", "code changed"]);
  });

  it("run afterwards without an alias: failed, though callers have the code", async () => {
    const fake = provisioned(() => ({ result: "bad" }));
    const row = await rowOf(fake, { own: [invocation({ expect: "good" })], environment: { alias: null } });
    expect(row).toMatchObject({ outcome: "failed", version: "2", rejectedVersion: "2" });
    expect(row.error?.hint).toContain("sluice rollback");
  });

  it("run again where a record tells that the code is live and did not pass, until it does", async () => {
    let result = "bad";
    const fake = provisioned(() => ({ result }));
    const environment = { alias: null, store: join(scene.folder, "store") };
    const tried = { own: [invocation({ expect: "good" })], environment };
    expect((await rowOf(fake, tried)).outcome).toBe("failed");
    const { changes, rows } = await run(fake, tried);
    expect([changes[0]?.reason, rows[0]?.outcome, rows[0]?.error?.code]).toEqual([
      "this code is live and did not pass its test; 1 test",
      "failed",
      "SLUICE_TEST_FAILED",
    ]);
    result = "good";
    expect(await rowOf(fake, tried)).toMatchObject({ outcome: "updated", version: "2" });
    expect([(await rowOf(fake, tried)).outcome, published(fake)]).toEqual(["unchanged", 2]);
  });

  it("are not begun once the run was interrupted: the next run goes on", async () => {
    const controller = new AbortController();
    const fake = provisioned((payload) => {
      if (payload === 1) controller.abort(new Error("stop"));
      return { result: 1 };
    });
    const own = [1, 2].map((payload) => invocation({ payload }));
    const row = await rowOf(fake, { own, signal: controller.signal });
    expect([row.error?.code, aliasOf(fake)]).toEqual(["SLUICE_TEST_NOT_RUN", "1"]);
    expect(await rowOf(fake, { own })).toMatchObject({ outcome: "updated", version: "2" });
  });
});

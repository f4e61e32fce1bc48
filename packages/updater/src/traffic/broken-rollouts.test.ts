import { interrupted } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsError, type FakeFunction, fakeLambda, sha } from "../testing/fake-lambda.ts";
import {
  type AlarmStates,
  aliasOf,
  CANARY,
  killedAt,
  provisioned,
  rollOutTo,
  rowOf,
} from "../testing/rollouts.ts";
import { clockedContext, openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const STEPS = { ...CANARY, steps: [25, 50], alarms: ["errors"], pauseSeconds: 5 };
const fine = (): AlarmStates => new Map([["errors", "OK"]]);

/** New code live for all, published once, and no trace of a rollout. */
function expectDone(target: FakeFunction, what?: string): void {
  const { version, weights = {}, description = "" } = aliasOf(target);
  const live = target.versions.find(({ Version }) => Version === version);
  expect([live?.CodeSha256, weights], what).toEqual([sha("new"), {}]);
  expect(description, what).toMatch(/ · sha256:[0-9a-f]{64}$/);
  expect(
    target.versions.filter(({ CodeSha256 }) => CodeSha256 === sha("new")),
    what,
  ).toHaveLength(1);
}

describe("a run that ends at any call of a rollout", () => {
  it.each(["before", "after"] as const)("is gone on with by the next one: %s", async (moment) => {
    let marked = 0;
    for (let k = 1; k <= 26; k += 1) {
      const target = provisioned();
      const fake = fakeLambda(target);
      // Every call from the k-th on fails: the process is gone.
      fake[moment] = () => (fake.log.length >= k ? awsError("ServiceException", 500) : undefined);
      const first = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS }));
      if (Object.keys(aliasOf(target).weights ?? {}).length > 0) {
        marked += 1;
        expect(first.error?.code, `${moment} ${k}`).toBe("SLUICE_ROLLOUT_UNFINISHED");
      }
      fake[moment] = () => undefined;
      const second = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS }));
      expect(["updated", "unchanged"], `${moment} ${k}`).toContain(second.outcome);
      expectDone(target, `${moment} ${k}`);
    }
    expect(marked).toBeGreaterThanOrEqual(6);
  });

  it("is gone on with by one that has no steps: all at once, without a trace", async () => {
    const target = killedAt(25);
    const row = await rowOf(rollOutTo(scene, fakeLambda(target), fine(), { traffic: null }));
    expect(row).toMatchObject({ outcome: "updated", version: "2", apiCalls: { UpdateAlias: 1 } });
    expectDone(target);
  });

  it("is returned by the next one when an alarm is on by then", async () => {
    const target = killedAt(25);
    const states: AlarmStates = new Map([["errors", "ALARM"]]);
    const row = await rowOf(rollOutTo(scene, fakeLambda(target), states, { traffic: STEPS }));
    expect(row).toMatchObject({ outcome: "failed", version: "1", rejectedVersion: "2" });
    expect(row.error?.code).toBe("SLUICE_ROLLOUT_RETURNED");
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
  });

  it("is returned by the next one when it does not pass its test", async () => {
    const target = Object.assign(killedAt(25), { answer: () => ({ error: "Unhandled", result: {} }) });
    const tests = [{ kind: "invoke" as const, payload: {}, timeoutSeconds: 5 }];
    const given = { traffic: STEPS, environment: { tests } };
    const row = await rowOf(rollOutTo(scene, fakeLambda(target), fine(), given));
    expect(row).toMatchObject({ outcome: "failed", version: "1", rejectedVersion: "2" });
    expect(row.error?.code).toBe("SLUICE_TEST_FAILED");
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
  });
});

describe("a rollout of other code that was killed", () => {
  it.each([STEPS, null])("is undone before anything else is written", async (traffic) => {
    const target = killedAt(25, "broken");
    const fake = fakeLambda(target);
    fake.before = (operation) => {
      if (operation === "UpdateFunctionCode") expect(aliasOf(target).weights).toEqual({});
      return undefined;
    };
    const { rows, changes } = await rollOutTo(scene, fake, fine(), { traffic });
    expect(changes[0]?.reason).toContain("code changed; the rollout of 2 stands at 25 %: it is undone first");
    expect(rows[0]).toMatchObject({ outcome: "updated", version: "3" });
    expectDone(target);
  });

  it("is undone although callers have the right code", async () => {
    const target = killedAt(25, "broken");
    const fake = fakeLambda(target);
    const { rows } = await rollOutTo(scene, fake, fine(), { traffic: STEPS, code: "old" });
    expect(rows[0]).toMatchObject({ outcome: "updated", version: "1", apiCalls: { UpdateAlias: 1 } });
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
  });

  it("is undone for a forced deployment of its own code, which is published anew", async () => {
    const target = killedAt(25);
    const fake = fakeLambda(target);
    const row = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS, force: true }));
    expect(row.outcome).toBe("updated");
    expect(aliasOf(target).weights).toEqual({});
  });
});

describe("an answer that was lost", () => {
  it.each([1, 2, 3])("of the %i. change of the alias is found again", async (lost) => {
    for (const name of ["ServiceException", "PreconditionFailedException", "ResourceConflictException"]) {
      const target = provisioned();
      const fake = fakeLambda(target);
      fake.after = (operation, nth) =>
        operation === "UpdateAlias" && nth === lost ? awsError(name, 500) : undefined;
      const row = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS }));
      expect(row, name).toMatchObject({ outcome: "updated", version: "2", apiCalls: { UpdateAlias: 3 } });
      expectDone(target, name);
    }
  });

  it.each([2, 3])("or a change that never arrived, the %i., returns the rollout", async (lost) => {
    const target = provisioned();
    const fake = fakeLambda(target);
    fake.before = (operation, nth) =>
      operation === "UpdateAlias" && nth === lost ? awsError("ServiceException", 500) : undefined;
    const row = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS }));
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      error: { code: "SLUICE_ROLLOUT_RETURNED" },
    });
    expect(row.rejectedVersion).toBeUndefined();
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
  });

  it("before the first step is a failure of its own: nothing was begun", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    fake.before = (operation) =>
      operation === "UpdateAlias" ? awsError("ServiceException", 500) : undefined;
    const row = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS }));
    expect(row).toMatchObject({ outcome: "failed", version: "1", error: { code: "SLUICE_AWS_SERVICE" } });
  });

  it("of the return is found again", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const states = fine();
    fake.before = (operation, nth) =>
      void (operation === "DescribeAlarms" && nth === 3 && states.set("errors", "ALARM"));
    fake.after = (operation, nth) =>
      operation === "UpdateAlias" && nth === 2 ? awsError("ServiceException", 500) : undefined;
    const row = await rowOf(rollOutTo(scene, fake, states, { traffic: STEPS }));
    expect(row).toMatchObject({ version: "1", error: { code: "SLUICE_ROLLOUT_RETURNED" } });
    expect(aliasOf(target).weights).toEqual({});
  });
});

it("says that it could not be returned, and tries that once", async () => {
  const target = provisioned();
  const fake = fakeLambda(target);
  const states = fine();
  fake.before = (operation, nth) => {
    if (operation === "DescribeAlarms" && nth === 3) states.set("errors", "ALARM");
    return operation === "UpdateAlias" && nth > 1 ? awsError("AccessDeniedException", 403) : undefined;
  };
  const row = await rowOf(rollOutTo(scene, fake, states, { traffic: STEPS }));
  expect(row).toMatchObject({ outcome: "failed", apiCalls: { UpdateAlias: 2 } });
  expect(row.error?.code).toBe("SLUICE_ROLLOUT_UNFINISHED");
  expect(row.error?.message).toMatch(
    /stopped at 25 %, .* AccessDeniedException.* by this: alarm errors is in ALARM$/,
  );
});

describe("an interruption", () => {
  it("during a bake brings all calls back, and the next run begins anew", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const controller = new AbortController();
    const context = clockedContext(scene.folder);
    const sleep = async (milliseconds: number): Promise<void> => {
      if (aliasOf(target).weights !== undefined) controller.abort(interrupted("SIGINT"));
      controller.signal.throwIfAborted();
      await context.sleep(milliseconds);
    };
    const given = { traffic: STEPS, context: { ...context, sleep, signal: controller.signal } };
    const row = await rowOf(rollOutTo(scene, fake, fine(), given));
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      error: { code: "SLUICE_ROLLOUT_INTERRUPTED" },
    });
    expect(row.rejectedVersion).toBeUndefined();
    expect(row.error?.message).toContain("interrupted at 25 %. Alias live sends all calls to 1 again.");
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
    expect((await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS }))).outcome).toBe("updated");
    expectDone(target);
  });

  it("while AWS fails is an interruption, and the return is tried again", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const controller = new AbortController();
    fake.before = (operation, nth) => {
      if (operation === "UpdateAlias" && nth === 2) return awsError("ServiceException", 500);
      if (operation !== "DescribeAlarms" || nth < 3) return undefined;
      controller.abort(interrupted("SIGINT"));
      return awsError("ServiceException", 500);
    };
    const context = { ...clockedContext(scene.folder), signal: controller.signal };
    const row = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS, context }));
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ROLLOUT_INTERRUPTED" } });
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
  });

  it("before the first step begins none", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const controller = new AbortController();
    fake.before = (operation) => {
      if (operation === "UpdateFunctionCode") controller.abort(interrupted("SIGINT"));
      return undefined;
    };
    const context = { ...clockedContext(scene.folder), signal: controller.signal };
    const row = await rowOf(rollOutTo(scene, fake, fine(), { traffic: STEPS, context }));
    expect(row.outcome).toBe("skipped");
    expect(fake.log).not.toContain("UpdateAlias");
  });
});

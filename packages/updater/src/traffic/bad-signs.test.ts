import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsError, type FakeLambda, fakeLambda } from "../testing/fake-lambda.ts";
import { type AlarmStates, aliasOf, CANARY, provisioned, rollOutTo, rowOf } from "../testing/rollouts.ts";
import { clockedContext, openScene, type Scene } from "../testing/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.dispose());

const NONE: AlarmStates = new Map();
const WATCHED = { ...CANARY, alarms: ["{function}-{environment}-errors"] };

const count = (fake: FakeLambda, operation: string): number =>
  fake.log.filter((one) => one === operation).length;

describe("a bad sign", () => {
  it.each([5_000, 30_000, 60_000])("of an alarm after %i ms brings all calls back", async (after) => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const states: AlarmStates = new Map([["orders-dev-errors", "OK"]]);
    const context = clockedContext(scene.folder);
    const begun = context.now();
    const sleep = async (milliseconds: number): Promise<void> => {
      await context.sleep(milliseconds);
      if (context.now() - begun >= after) states.set("orders-dev-errors", "ALARM");
    };
    const row = await rowOf(
      rollOutTo(scene, fake, states, { traffic: WATCHED, context: { ...context, sleep } }),
    );
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      rejectedVersion: "2",
      error: { code: "SLUICE_ROLLOUT_RETURNED" },
    });
    expect(row.error?.message).toBe(
      "The rollout of function version 2 to orders in eu-west-1 was returned at 10 %, and alias live sends all calls to 1 again: alarm orders-dev-errors is in ALARM",
    );
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {}, description: "1.3.0 · old" });
    expect(count(fake, "UpdateAlias")).toBe(2);
    states.set("orders-dev-errors", "OK");
    const again = await rowOf(rollOutTo(scene, fake, states, { traffic: WATCHED }));
    expect(again).toMatchObject({ outcome: "updated", version: "2" });
    expect(target.versions).toHaveLength(2);
  });

  it("of a test between the steps brings all calls back", async () => {
    const target = Object.assign(provisioned(), { answer: () => ({ error: "Unhandled", result: {} }) });
    const fake = fakeLambda(target);
    const tests = [{ kind: "invoke" as const, payload: {}, timeoutSeconds: 5 }];
    const row = await rowOf(rollOutTo(scene, fake, NONE, { traffic: { ...CANARY, tests } }));
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      rejectedVersion: "2",
      error: { code: "SLUICE_ROLLOUT_RETURNED" },
    });
    expect(row.error?.message).toContain("returned at 10 %");
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {} });
  });

  it("before the first step means that nothing is written", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const states: AlarmStates = new Map([["orders-dev-errors", "ALARM"]]);
    const row = await rowOf(rollOutTo(scene, fake, states, { traffic: WATCHED }));
    expect(row).toMatchObject({ outcome: "failed", version: "1", error: { code: "SLUICE_ALARM_ACTIVE" } });
    expect(fake.log).not.toContain("UpdateFunctionCode");
    expect(target.versions).toHaveLength(1);
  });

  it("is an alarm that does not exist, before anything is written and in the midst", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const row = await rowOf(rollOutTo(scene, fake, NONE, { traffic: WATCHED }));
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ALARM_UNKNOWN" } });
    expect(row.error?.message).toContain('"orders-dev-errors"');
    expect(fake.log).not.toContain("UpdateFunctionCode");
    const states: AlarmStates = new Map([["orders-dev-errors", "OK"]]);
    fake.before = (operation, nth) => void (operation === "DescribeAlarms" && nth === 4 && states.clear());
    const gone = await rowOf(rollOutTo(scene, fake, states, { traffic: WATCHED }));
    expect(gone.error?.message).toContain("alarm orders-dev-errors does not exist any more");
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {} });
  });

  it("is that the alarms cannot be read any more; the version is not rejected for it", async () => {
    const target = provisioned();
    const fake = fakeLambda(target);
    const states: AlarmStates = new Map([["orders-dev-errors", "OK"]]);
    fake.before = (operation, nth) =>
      operation === "DescribeAlarms" && nth > 3 ? awsError("AccessDeniedException", 403) : undefined;
    const row = await rowOf(rollOutTo(scene, fake, states, { traffic: WATCHED }));
    expect(row).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ROLLOUT_RETURNED" } });
    expect(row.rejectedVersion).toBeUndefined();
    expect(row.error?.message).toContain("AccessDeniedException");
    expect(aliasOf(target)).toMatchObject({ version: "1", weights: {} });
  });
});

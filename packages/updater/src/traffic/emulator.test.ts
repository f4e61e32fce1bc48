import { openAws } from "@sluice/aws";
import type { ResolvedTraffic } from "@sluice/core";
import { startProxy } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Door } from "../settings.ts";
import { dyingDoor, type Emulated, openEmulated, zipOf } from "../testing/emulated.ts";
import { deploy, openScene, type Scene } from "../testing/scene.ts";
import { updateExisting } from "../update-existing.ts";

let scene: Scene;
let emulated: Emulated;

beforeAll(async () => {
  [scene, emulated] = await Promise.all([openScene(), openEmulated()]);
}, 180_000);
afterAll(async () => {
  await emulated.stop();
  await scene.dispose();
});

const LINEAR: ResolvedTraffic = {
  kind: "steps",
  steps: [30, 60],
  pauseSeconds: 0.4,
  alarms: ["{function}-errors"],
  tests: null,
};

const aws = () => openAws(emulated.context(scene.folder), { region: "eu-west-1", profile: null, role: null });

/** CloudWatch's query protocol, which the emulator speaks too. */
async function cloudWatch(action: string, parameters: Record<string, string>): Promise<void> {
  const credential = "111111111111/20260101/eu-west-1/monitoring/aws4_request";
  const response = await fetch(emulated.endpoint, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ Action: action, Version: "2010-08-01", ...parameters }),
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
}

const createAlarm = (AlarmName: string): Promise<void> =>
  cloudWatch("PutMetricAlarm", {
    AlarmName,
    Namespace: "AWS/Lambda",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: "60",
    EvaluationPeriods: "1",
    Threshold: "1",
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
  });

const setAlarm = (AlarmName: string, StateValue: string): Promise<void> =>
  cloudWatch("SetAlarmState", { AlarmName, StateValue, StateReason: "by a test" });

async function provisioned(name: string): Promise<void> {
  await emulated.createFunction(name, await zipOf("old"));
  await emulated.createAlias(name, "live");
  await createAlarm(`${name}-errors`);
}

interface Given {
  readonly traffic?: ResolvedTraffic;
  readonly endpoint?: string;
  readonly door?: Door;
}

async function rollOut(name: string, { traffic = LINEAR, endpoint, door }: Given = {}) {
  const artifact = await scene.artifact(name, await zipOf("new"));
  const context = emulated.context(scene.folder, endpoint === undefined ? {} : { endpoint });
  const input = scene.input([artifact], { alias: "live", traffic });
  const { rows } = await deploy(updateExisting({}, door), input, context);
  return { row: rows[0], artifact };
}

async function aliasOf(name: string) {
  const {
    FunctionVersion,
    RoutingConfig,
    Description = "",
  } = await aws().lambda.getAlias({
    FunctionName: name,
    Name: "live",
  });
  return {
    version: FunctionVersion,
    weights: RoutingConfig?.AdditionalVersionWeights ?? {},
    description: Description,
  };
}

describe("a rollout on the emulator, which stores weights and does not route by them", () => {
  it("takes these calls and no others", async () => {
    await provisioned("counted");
    const proxy = await startProxy(emulated.endpoint);
    const seen: unknown[] = [];
    try {
      const { row } = await rollOut("counted", { endpoint: proxy.endpoint });
      expect(row).toMatchObject({ outcome: "updated", version: "2", previousVersion: "1" });
      const { DescribeAlarms, ...lambda } = Object.fromEntries(Object.entries(row?.apiCalls ?? {}));
      expect(lambda).toEqual({
        // Alias and $LATEST for the plan, one poll, and whether the old version is there.
        GetFunction: 4,
        // For the plan, and right before the first step.
        GetAlias: 2,
        UpdateFunctionCode: 1,
        UpdateAlias: 3,
      });
      expect(DescribeAlarms).toBeGreaterThanOrEqual(5);
      for (const { operation } of proxy.calls) seen.push(operation);
      expect(seen.filter((operation) => operation === "DescribeAlarms")).toHaveLength(DescribeAlarms ?? 0);
      expect(seen).toHaveLength(4 + 2 + 1 + 3 + (DescribeAlarms ?? 0));
    } finally {
      await proxy.stop();
    }
    const alias = await aliasOf("counted");
    expect(alias).toMatchObject({ version: "2", weights: {} });
    expect(alias.description).toMatch(/^1\.4\.0 · 0123456789ab · sha256:[0-9a-f]{64}$/);
  }, 60_000);

  it("goes back when an alarm is raised during the second step", async () => {
    await provisioned("alarmed");
    const before = await aliasOf("alarmed");
    const steps: unknown[] = [];
    const proxy = await startProxy(emulated.endpoint, {
      intercept: ({ operation }) => {
        if (operation === "UpdateAlias") steps.push(operation);
        return null;
      },
    });
    const traffic = { ...LINEAR, pauseSeconds: 3 };
    const raising = (async () => {
      while (steps.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
      await setAlarm("alarmed-errors", "ALARM");
    })();
    const { row } = await rollOut("alarmed", { endpoint: proxy.endpoint, traffic });
    await raising;
    await proxy.stop();
    expect(row).toMatchObject({
      outcome: "failed",
      version: "1",
      rejectedVersion: "2",
      error: { code: "SLUICE_ROLLOUT_RETURNED" },
      apiCalls: { UpdateAlias: 3 },
    });
    expect(row?.error?.message).toMatch(/returned at 60 %, .*: alarm alarmed-errors is in ALARM$/);
    expect(await aliasOf("alarmed")).toEqual(before);
    await setAlarm("alarmed-errors", "OK");
    expect((await rollOut("alarmed")).row).toMatchObject({ outcome: "updated", version: "2" });
  }, 60_000);

  it("is not begun while an alarm is on, or when there is no such alarm", async () => {
    await provisioned("before");
    await setAlarm("before-errors", "ALARM");
    const { row } = await rollOut("before");
    expect(row).toMatchObject({ outcome: "failed", version: "1", error: { code: "SLUICE_ALARM_ACTIVE" } });
    const traffic = { ...LINEAR, alarms: ["{function}-misspelt"] };
    const { row: misspelt } = await rollOut("before", { traffic });
    expect(misspelt).toMatchObject({ outcome: "failed", error: { code: "SLUICE_ALARM_UNKNOWN" } });
    expect((await aws().lambda.listVersionsByFunction({ FunctionName: "before" })).Versions).toHaveLength(2);
  }, 60_000);

  it.each(["before", "after"] as const)(
    "that is killed at any call is completed: %s",
    async (moment) => {
      const calls = 14;
      const outcomes = await Promise.all(
        Array.from({ length: calls }, async (_, index) => {
          const name = `killed-${moment}-${index + 1}`;
          await provisioned(name);
          const door = dyingDoor(index + 1, moment);
          await rollOut(name, { door });
          const half = await aliasOf(name);
          const { row, artifact } = await rollOut(name);
          return { died: door.died(), half, row, artifact, alias: await aliasOf(name) };
        }),
      );
      for (const { row, artifact, alias, half } of outcomes) {
        expect(["updated", "unchanged"]).toContain(row?.outcome);
        expect(alias).toMatchObject({ version: row?.version, weights: {} });
        expect(alias.description).toContain(artifact.manifest.digest);
        if (Object.keys(half.weights).length > 0) expect(half.description).toMatch(/rollout 2 (30|60)%$/);
      }
      expect(outcomes.filter(({ half }) => Object.keys(half.weights).length > 0).length).toBeGreaterThan(1);
      expect(outcomes.filter(({ died }) => died).length).toBeGreaterThanOrEqual(9);
      for (const name of outcomes.map(({ row }) => row?.target ?? "")) {
        const { Versions = [] } = await aws().lambda.listVersionsByFunction({ FunctionName: name });
        expect(Versions.length, name).toBe(3);
      }
    },
    180_000,
  );
});

it("creates an alias that is missing, when told to, in one call more than the code takes", async () => {
  await emulated.createFunction("creates", await zipOf("old"));
  const artifact = await scene.artifact("creates", await zipOf("new"));
  const input = scene.input([artifact], { alias: "live", createAlias: true });
  const { rows } = await deploy(updateExisting(), input, emulated.context(scene.folder));
  expect(rows[0]).toMatchObject({ outcome: "updated", version: "1", apiCalls: { CreateAlias: 1 } });
  expect(await aliasOf("creates")).toMatchObject({ version: "1", weights: {} });
  const again = await deploy(updateExisting(), input, emulated.context(scene.folder));
  expect(again.rows[0]).toMatchObject({ outcome: "unchanged", apiCalls: { GetFunction: 1 } });
}, 60_000);

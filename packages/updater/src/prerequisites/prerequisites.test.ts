import type { Aws } from "@sluice/aws";
import type { ObjectStorage, ResolvedEnvironment, ResolvedTest } from "@sluice/core";
import { type FaultProxy, startProxy, testContext } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Door } from "../settings.ts";
import { type Emulated, openEmulated } from "../testing/emulated.ts";
import { awsError, type FakeFunction, fakeFunction, fakeLambda } from "../testing/fake-lambda.ts";
import { memoryObjects } from "../testing/memory-objects.ts";
import { CANARY } from "../testing/rollouts.ts";
import { openScene, type Scene } from "../testing/scene.ts";
import { checkPrerequisites } from "./prerequisites.ts";

let scene: Scene;
let emulated: Emulated;
let proxy: FaultProxy;
let denied = "";
beforeAll(async () => {
  scene = await openScene();
  emulated = await openEmulated();
  proxy = await startProxy(emulated.endpoint, {
    intercept: ({ operation }) =>
      operation === denied
        ? { status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" }
        : null,
  });
}, 240_000);
afterAll(async () => {
  await proxy?.stop();
  await emulated?.stop();
  await scene?.dispose();
});

const FUNCTION = { name: "orders", tests: [] } as const;

function inputOf(given: Partial<ResolvedEnvironment>, tests: readonly ResolvedTest[] = []) {
  const { config, environment } = scene.input([], given);
  const functions = [{ ...FUNCTION, tests }] as unknown as typeof config.functions;
  const staging = { ...environment, name: "staging", promoteFrom: null };
  return { config: { ...config, functions, environments: [staging] }, environment, branch: null };
}

const summary = (found: Awaited<ReturnType<typeof checkPrerequisites>>) =>
  found.map(({ subject, problems }) => [subject, ...problems.map(({ code }) => code)]);

describe("a store", () => {
  const ofBucket = async (bucket: string) => {
    const context = emulated.context(scene.folder, { endpoint: proxy.endpoint });
    return checkPrerequisites(inputOf({ store: `s3://${bucket}/team`, promoteFrom: "staging" }), context);
  };

  it("in a real bucket is asked, and nothing is written to it", async () => {
    await emulated.createBucket("prerequisites");
    expect(summary(await ofBucket("prerequisites"))).toEqual([["store"], ["promotion"]]);
    const puts = proxy.calls.filter(({ operation }) => operation === "PutObject");
    expect(puts.map(({ status }) => (status ?? 0) >= 400)).toEqual([true]);
  });

  it("is told when it may be read, but not written to", async () => {
    denied = "PutObject";
    expect(summary(await ofBucket("prerequisites"))).toEqual([["store", "SLUICE_AWS_DENIED"], ["promotion"]]);
    denied = "";
  });

  it("is told when it is not there, or in another region", async () => {
    await emulated.createBucket("prerequisites-us", { region: "us-east-1" });
    expect(summary(await ofBucket("prerequisites-none"))).toEqual([
      ["store", "SLUICE_BUCKET_ABSENT"],
      ["promotion", "SLUICE_BUCKET_ABSENT"],
    ]);
    expect(summary(await ofBucket("prerequisites-us"))[0]).toEqual(["store", "SLUICE_BUCKET_REGION"]);
  });
});

function doorOf(aws: Partial<Aws>, ...functions: FakeFunction[]): Door {
  const objects = (): ObjectStorage => memoryObjects("code");
  return {
    openAws: (_context, scope) => ({ scope, lambda: fakeLambda(...functions).api, objects, ...aws }) as Aws,
    resolveRegions: async (_context, environment) => environment.regions,
  };
}

const look = (input: ReturnType<typeof inputOf>, door: Door) =>
  checkPrerequisites(input, testContext({ cwd: scene.folder }), door);

describe("what else is configured", () => {
  it("is nothing where nothing is", async () => {
    expect(await look(inputOf({}), doorOf({}))).toEqual([]);
  });

  it("is alarms: absent and in ALARM are told by their names", async () => {
    const states = new Map([
      ["orders-errors", "ALARM"],
      ["fine", "OK"],
    ] as const);
    const door = doorOf({ alarms: { states: async () => states } });
    const alarms = ["{target}-errors", "fine", "gone"];
    const found = await look(inputOf({ alias: "live", traffic: { ...CANARY, alarms } }), door);
    expect(summary(found)).toEqual([["alarms", "SLUICE_ALARM_UNKNOWN", "SLUICE_ALARM_ACTIVE"]]);
    expect(found[0]?.problems[0]?.message).toContain('"gone"');
    const fine = inputOf({ alias: "live", traffic: { ...CANARY, alarms: ["fine"] } });
    expect(summary(await look(fine, door))).toEqual([["alarms"]]);
  });

  it("is CodeDeploy's group", async () => {
    const traffic = { kind: "codeDeploy", application: "team", group: "{function}", config: null } as const;
    const asked: unknown[] = [];
    const getDeploymentGroup = async (input: unknown) => {
      asked.push(input);
      throw awsError("DeploymentGroupDoesNotExistException");
    };
    const found = await look(
      inputOf({ alias: "live", traffic }),
      doorOf({ codeDeploy: { getDeploymentGroup } as never }),
    );
    expect(asked).toEqual([{ applicationName: "team", deploymentGroupName: "orders" }]);
    expect(summary(found)).toEqual([["CodeDeploy", "SLUICE_AWS_INVALID"]]);
  });

  it("is function URLs that tests ask, of functions that are there", async () => {
    const test: ResolvedTest = {
      kind: "http",
      path: "/",
      method: "GET",
      headers: {},
      alias: null,
      expect: { statuses: [], headers: {} },
      timeoutSeconds: 5,
    };
    const without = await look(inputOf({}, [test]), doorOf({}, fakeFunction("orders", "a")));
    expect(summary(without)).toEqual([["tests", "SLUICE_TEST_NOT_RUN"]]);
    expect(without[0]?.problems[0]?.where).toBe("functions.orders.test[0]");
    const urls = new Map([["$LATEST", "https://x.lambda-url.eu-west-1.on.aws/"]]);
    const found = await look(inputOf({}, [test]), doorOf({}, { ...fakeFunction("orders", "a"), urls }));
    expect(summary(found)).toEqual([["tests"]]);
    expect(summary(await look(inputOf({}, [test]), doorOf({})))).toEqual([["tests"]]);
  });
});

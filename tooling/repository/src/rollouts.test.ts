import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { GetAliasCommand, LambdaClient, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { type Emulator, type FaultProxy, startEmulator, startProxy } from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createRepository, type FunctionRepository } from "./function-repository.ts";
import type { Ran } from "./run-process.ts";
import { jobEnvironment, SLUICE_BIN, sluice } from "./sluice-command.ts";
import { createStub } from "./stub-function.ts";

const ACCOUNT = "111111111111";
const REGION = "eu-west-1";
let emulator: Emulator;
let proxy: FaultProxy;
let repository: FunctionRepository;
let name: string;
let serial = 0;
/** Called when a call reaches the proxy. */
let onCall: (operation: string, nth: number) => void = () => undefined;
let counts = new Map<string, number>();

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await startProxy(emulator.endpoint, {
    intercept: ({ operation }) => {
      const nth = (counts.get(operation) ?? 0) + 1;
      counts.set(operation, nth);
      onCall(operation, nth);
      return null;
    },
  });
});
afterAll(async () => {
  await proxy.stop();
  await emulator.stop();
});

beforeEach(async () => {
  serial += 1;
  name = `rolled-${serial}`;
  counts = new Map();
  const traffic = { linear: 40, every: "2s", alarms: ["{function}-errors"] };
  repository = await createRepository({
    "package.json": '{"version":"1.0.0","type":"module"}',
    "src/a.js": `export const handler = async () => "new";\n`,
    "sluice.config.json": JSON.stringify({
      functions: { [name]: "src/a.js" },
      environments: { dev: { account: ACCOUNT, region: REGION, alias: "live", traffic } },
    }),
  });
  await createStub({ endpoint: emulator.endpoint, account: ACCOUNT, region: REGION }, name, {
    alias: "live",
  });
  await cloudWatch("PutMetricAlarm", {
    AlarmName: `${name}-errors`,
    Namespace: "AWS/Lambda",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: "60",
    EvaluationPeriods: "1",
    Threshold: "1",
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
  });
});
afterEach(async () => {
  onCall = () => undefined;
  await repository.dispose();
});

const environment = () =>
  jobEnvironment(repository.home, {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "test",
  });

/** CloudWatch's query protocol. */
async function cloudWatch(action: string, parameters: Record<string, string>): Promise<void> {
  const credential = `${ACCOUNT}/20260101/${REGION}/monitoring/aws4_request`;
  const response = await fetch(emulator.endpoint, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Action: action, Version: "2010-08-01", ...parameters }),
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
}

const setAlarm = (StateValue: string): Promise<void> =>
  cloudWatch("SetAlarmState", { AlarmName: `${name}-errors`, StateValue, StateReason: "by a test" });

const client = () =>
  new LambdaClient({
    endpoint: emulator.endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" },
  });

async function alias(): Promise<{ version: string | undefined; weights: object; description: string }> {
  const answer = await client().send(new GetAliasCommand({ FunctionName: name, Name: "live" }));
  const weights = answer.RoutingConfig?.AdditionalVersionWeights ?? {};
  return { version: answer.FunctionVersion, weights, description: answer.Description ?? "" };
}

async function versions(): Promise<number> {
  const answer = await client().send(new ListVersionsByFunctionCommand({ FunctionName: name }));
  return (answer.Versions ?? []).filter(({ Version }) => Version !== "$LATEST").length;
}

/** Deploys, and does something to the process once the second step has begun. */
async function deploying(during: (child: ChildProcess) => unknown): Promise<Ran> {
  const child = spawn(process.execPath, [SLUICE_BIN, "deploy"], {
    cwd: repository.path,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const begun = new Promise<void>((resolve) => {
    onCall = (operation) => {
      // The look at the alarms that follows the second change of the alias.
      if (operation === "DescribeAlarms" && counts.get("UpdateAlias") === 2) resolve();
    };
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  await Promise.race([begun, closed]);
  await during(child);
  const [exitCode] = await closed;
  onCall = () => undefined;
  // Lines are broken at the width of a terminal.
  return { exitCode, stdout: "", stderr: stderr.replace(/\s+/g, " ") };
}

it("goes on after kill -9, as the plan says before", async () => {
  const killed = await deploying((child) => child.kill("SIGKILL"));
  expect(killed.exitCode).toBeNull();
  expect(await alias()).toMatchObject({ version: "1", weights: { "2": 0.8 } });
  expect((await alias()).description).toContain("rollout 2 80%");
  const plan = await sluice(repository.path, ["plan"], environment());
  expect(plan.stderr).toContain("the rollout of 2 stands at 80 %: it goes on");
  const { exitCode, stderr } = await sluice(repository.path, ["deploy"], environment());
  expect(exitCode, stderr).toBe(0);
  expect(await alias()).toMatchObject({ version: "2", weights: {} });
  expect(await versions()).toBe(2);
}, 120_000);

it("goes back on Ctrl-C, says so, and exits with 130", async () => {
  const { exitCode, stderr } = await deploying((child) => child.kill("SIGINT"));
  expect(exitCode, stderr).toBe(130);
  expect(stderr).toContain("was interrupted at 80 %. Alias live sends all calls to 1 again.");
  expect(await alias()).toMatchObject({ version: "1", weights: {}, description: "" });
}, 120_000);

it("goes back when an alarm is raised, and exits with 4", async () => {
  const { exitCode, stderr } = await deploying(() => setAlarm("ALARM"));
  expect(exitCode, stderr).toBe(4);
  expect(stderr).toContain("SLUICE_ROLLOUT_RETURNED");
  expect(stderr).toContain(`alarm ${name}-errors is in ALARM`);
  expect(await alias()).toMatchObject({ version: "1", weights: {}, description: "" });
  expect(await versions()).toBe(2);
}, 120_000);

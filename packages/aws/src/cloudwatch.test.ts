import { tmpdir } from "node:os";
import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  type Edge,
  type EdgeAnswer,
  type Emulator,
  startEdge,
  startEmulator,
  testContext,
} from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Aws, openAws } from "./aws.ts";
import { classifyAwsError } from "./classify.ts";
import { awsProblem } from "./problem.ts";
import { withoutVersionWarning } from "./version-warning.ts";

const ACCOUNT = "111111111111";
const REGION = "eu-west-1";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator.stop();
});

function open(env: Record<string, string>): Aws {
  const keys = { AWS_ACCESS_KEY_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: "secret-key" };
  const context = testContext({ cwd: tmpdir(), env: { ...keys, ...env } });
  return openAws(context, { region: REGION, profile: null, role: null });
}

const settings = (): object => ({
  region: REGION,
  endpoint: emulator.endpoint,
  credentials: { accessKeyId: ACCOUNT, secretAccessKey: "secret-key" },
});

async function edgeFor(
  answer: (body: Record<string, unknown>) => object,
  use: (aws: Aws, edge: Edge) => Promise<void>,
): Promise<void> {
  const edge = await startEdge((request) => {
    const given = answer(JSON.parse(request.body.toString()));
    if ("status" in given) return given as EdgeAnswer;
    return {
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.0" },
      body: JSON.stringify(given),
    };
  });
  try {
    await use(
      open({ AWS_ENDPOINT_URL_CLOUDWATCH: edge.endpoint, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: edge.endpoint }),
      edge,
    );
  } finally {
    await edge.stop();
  }
}

it("tells the states of metric and composite alarms; what is not there is missing", async () => {
  const admin = withoutVersionWarning(() => new CloudWatchClient(settings()));
  for (const name of ["errors", "latency"]) {
    await admin.send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        MetricName: "Errors",
        Namespace: "AWS/Lambda",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
  }
  await admin.send(
    new PutCompositeAlarmCommand({ AlarmName: "any", AlarmRule: "ALARM(errors) OR ALARM(latency)" }),
  );
  const set = async (name: string, state: "OK" | "ALARM"): Promise<void> => {
    await admin.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: "test" }));
  };
  await set("errors", "ALARM");
  await set("latency", "OK");
  const { alarms } = open({ AWS_ENDPOINT_URL: emulator.endpoint });
  const calls = {};
  const states = await alarms.states(["errors", "latency", "any", "absent", "errors"], calls);
  expect(states.get("errors")).toBe("ALARM");
  expect(states.get("latency")).toBe("OK");
  expect(states.has("any")).toBe(true);
  expect(states.has("absent")).toBe(false);
  expect(calls).toEqual({ DescribeAlarms: 1 });
  expect(await alarms.states([], calls)).toEqual(new Map());
  expect(calls).toEqual({ DescribeAlarms: 1 });
  await set("errors", "OK");
  expect((await alarms.states(["errors"])).get("errors")).toBe("OK");
  admin.destroy();
});

it("asks for a hundred alarms a call, of every type, and for further pages", async () => {
  const names = Array.from({ length: 230 }, (_, i) => `alarm-${i}`);
  await edgeFor(
    ({ AlarmNames, NextToken }) => {
      const all = (AlarmNames as string[]).map((AlarmName) => ({ AlarmName, StateValue: "OK" }));
      const half = Math.ceil(all.length / 2);
      return NextToken === undefined
        ? { MetricAlarms: all.slice(0, half), NextToken: "more" }
        : { CompositeAlarms: all.slice(half, -1), LogAlarms: all.slice(-1) };
    },
    async ({ alarms }, edge) => {
      const calls = {};
      const states = await alarms.states(names, calls);
      expect([...states.keys()].sort()).toEqual([...names].sort());
      expect(calls).toEqual({ DescribeAlarms: 6 });
      const bodies = edge.requests.map(({ body }) => JSON.parse(body.toString()));
      expect(Math.max(...bodies.map(({ AlarmNames }) => AlarmNames.length))).toBe(100);
      expect(bodies[0].AlarmTypes).toEqual(["MetricAlarm", "CompositeAlarm", "LogAlarm"]);
    },
  );
});

it("names the permission for alarms, which IAM knows on all alone", async () => {
  const Message =
    "User: arn:aws:iam::111111111111:user/x is not authorized to perform: cloudwatch:DescribeAlarms";
  const denied = {
    status: 403,
    headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "req-3" },
    body: JSON.stringify({ __type: "com.amazon#AccessDenied", message: Message }),
  };
  await edgeFor(
    () => denied,
    async ({ alarms }) => {
      const error = await alarms.states(["errors"]).catch((reason) => reason);
      expect(error).toMatchObject({ code: "SLUICE_AWS_DENIED", exitCode: 4 });
      expect(error.message).toContain("DescribeAlarms of errors in eu-west-1");
      expect(error.message).toContain("req-3");
      expect(error.hint).toContain("cloudwatch:DescribeAlarms");
    },
  );
});

it("asks again when CloudWatch throttles", async () => {
  let asked = 0;
  await edgeFor(
    () => {
      asked += 1;
      if (asked > 1) return { MetricAlarms: [{ AlarmName: "errors", StateValue: "ALARM" }] };
      return {
        status: 400,
        body: JSON.stringify({ __type: "ThrottlingException", message: "Rate exceeded" }),
      };
    },
    async ({ alarms }) => {
      const calls = {};
      expect((await alarms.states(["errors"], calls)).get("errors")).toBe("ALARM");
      expect(calls).toEqual({ DescribeAlarms: 2 });
    },
  );
}, 30_000);

it("reads log events by the page", async () => {
  const admin = withoutVersionWarning(() => new CloudWatchLogsClient(settings()));
  const logGroupName = "/aws/lambda/orders";
  await admin.send(new CreateLogGroupCommand({ logGroupName }));
  await admin.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "a" }));
  const now = Date.now();
  const logEvents = ["first", "second"].map((message, i) => ({ message, timestamp: now + i }));
  await admin.send(new PutLogEventsCommand({ logGroupName, logStreamName: "a", logEvents }));
  const { logs } = open({ AWS_ENDPOINT_URL: emulator.endpoint });
  const calls = {};
  const { events } = await logs.filterLogEvents({ logGroupName, startTime: now - 1_000 }, calls);
  expect(events?.map(({ message }) => message)).toEqual(["first", "second"]);
  expect(calls).toEqual({ FilterLogEvents: 1 });
  const error = await logs.filterLogEvents({ logGroupName: "/aws/lambda/none" }).catch((reason) => reason);
  expect(classifyAwsError(error)).toBe("absent");
  const problem = awsProblem(error, {
    operation: "FilterLogEvents",
    target: "/aws/lambda/none",
    region: REGION,
  });
  expect(problem.message).toContain("there is no such log group");
  admin.destroy();
});

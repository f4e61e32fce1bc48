import { secondsOf } from "./delivery-schema.ts";
import type { ResolvedTest, ResolvedTraffic, TestConfig, TrafficConfig } from "./delivery-types.ts";

const TEST_SECONDS = 30;

function resolveTest(test: TestConfig): ResolvedTest {
  const { timeoutSeconds = TEST_SECONDS } = test;
  if ("command" in test) return { kind: "command", command: test.command, timeoutSeconds };
  if ("invoke" in test) {
    const expect = test.expect === undefined ? {} : { expect: test.expect };
    return { kind: "invoke", payload: test.invoke, ...expect, timeoutSeconds };
  }
  const request = typeof test.http === "string" ? { path: test.http } : test.http;
  const { status = [], headers = {}, body } = test.expect ?? {};
  return {
    kind: "http",
    path: request.path ?? "/",
    method: (request.method ?? "GET").toUpperCase(),
    headers: request.headers ?? {},
    ...(request.body === undefined ? {} : { body: request.body }),
    alias: request.alias ?? null,
    expect: { statuses: [status].flat(), headers, ...(body === undefined ? {} : { body }) },
    timeoutSeconds,
  };
}

/** Fills in the defaults of one test or several; none for `undefined` and `false`. */
export function resolveTests(
  tests: TestConfig | readonly TestConfig[] | false | undefined,
): readonly ResolvedTest[] {
  if (tests === undefined || tests === false) return [];
  return (Array.isArray(tests) ? (tests as readonly TestConfig[]) : [tests as TestConfig]).map(resolveTest);
}

/** Percentages below 100 of equal steps: 25 gives 25, 50, 75. */
function evenSteps(percent: number): readonly number[] {
  const count = Math.ceil(100 / percent) - 1;
  return Array.from({ length: count }, (_, index) => Math.round(percent * (index + 1) * 1000) / 1000);
}

export function resolveTraffic(traffic: TrafficConfig | undefined): ResolvedTraffic | null {
  if (traffic === undefined) return null;
  if ("codeDeploy" in traffic) {
    const { application, group, config = null } = traffic.codeDeploy;
    return { kind: "codeDeploy", application, group, config };
  }
  const { alarms = [], test } = traffic;
  const tests = test === undefined ? null : resolveTests(test);
  return "canary" in traffic
    ? { kind: "steps", steps: [traffic.canary], pauseSeconds: secondsOf(traffic.bake), alarms, tests }
    : {
        kind: "steps",
        steps: evenSteps(traffic.linear),
        pauseSeconds: secondsOf(traffic.every),
        alarms,
        tests,
      };
}

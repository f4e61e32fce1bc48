import { tmpdir } from "node:os";
import { isSluiceError } from "@sluice/core";
import { type EdgeAnswer, startEdge, testContext } from "@sluice/test-kit";
import type { RetryErrorInfo } from "@smithy/types";
import { describe, expect, it } from "vitest";
import { retryAfterOf } from "./attempt.ts";
import { openAws } from "./aws.ts";
import { clientConfig, requestTimeout, send } from "./client.ts";
import { awsProblem } from "./problem.ts";
import { unlimited } from "./quotas.ts";
import { retryDelay } from "./retry.ts";
import { LambdaClient, ListFunctionsCommand } from "./sdk/lambda.ts";
import { withoutVersionWarning } from "./version-warning.ts";

const NOW = 1_000_000;
const AGENT = { keepAlive: true, maxSockets: 50 } as const;
const AGENTS = { httpAgent: AGENT, httpsAgent: AGENT };

function delay(count: number, info: Partial<RetryErrorInfo>, random = 1): number {
  return retryDelay(count, { errorType: "TRANSIENT", ...info }, NOW, () => random);
}

describe("retryDelay", () => {
  it("doubles, up to twenty seconds, with full jitter", () => {
    expect([0, 1, 2, 3].map((count) => delay(count, {}))).toEqual([50, 100, 200, 400]);
    expect(delay(20, {})).toBe(20_000);
    expect(delay(3, {}, 0.25)).toBe(100);
    expect(delay(3, {}, 0)).toBe(0);
  });

  it("waits longer when throttled", () => {
    expect(delay(0, { errorType: "THROTTLING" })).toBe(1_000);
  });

  it("waits as long as AWS asks, a minute at most", () => {
    expect(delay(0, { retryAfterHint: new Date(NOW + 9_000) }, 0)).toBe(9_000);
    expect(delay(0, { retryAfterHint: new Date(NOW + 999_000) }, 0)).toBe(60_000);
    expect(delay(3, { retryAfterHint: new Date(NOW - 1) })).toBe(400);
  });

  it("does not come back at the very moment, with everybody else", () => {
    expect(delay(0, { retryAfterHint: new Date(NOW + 9_000) }, 0.5)).toBe(9_500);
  });
});

describe("retryAfterOf", () => {
  const after = (headers: Record<string, string>): number => retryAfterOf({ $response: { headers } }, NOW);

  it("takes seconds, a date, and AWS's own milliseconds; a minute at most, and no nonsense", () => {
    expect(after({ "retry-after": "3" })).toBe(3_000);
    expect(after({ "retry-after": new Date(NOW + 5_000).toUTCString() })).toBe(5_000);
    expect(after({ "x-amz-retry-after": "250" })).toBe(250);
    expect(after({ "retry-after": "86400" })).toBe(60_000);
    for (const value of ["", "-1", "soon", "NaN"]) expect(after({ "retry-after": value })).toBe(0);
    expect([retryAfterOf(undefined, NOW), retryAfterOf(null, NOW), retryAfterOf("text", NOW)]).toEqual([
      0, 0, 0,
    ]);
  });
});

it("gives a large upload its time", () => {
  expect(requestTimeout(0)).toBe(60_000);
  expect(requestTimeout(70_000_000)).toBeGreaterThan(9 * 60_000);
});

it("gives up on an endpoint that takes requests and never answers, and says so", async () => {
  let release: (answer: EdgeAnswer) => void = () => {};
  const silence = new Promise<EdgeAnswer>((resolve) => {
    release = resolve;
  });
  const edge = await startEdge(() => silence);
  try {
    const env = { AWS_ENDPOINT_URL: edge.endpoint };
    const context = testContext({ cwd: tmpdir(), env });
    const credentials = (): Promise<{ accessKeyId: string; secretAccessKey: string }> =>
      Promise.resolve({ accessKeyId: "A", secretAccessKey: "S" });
    const config = clientConfig(
      context,
      "lambda",
      { region: "eu-west-1", profile: null },
      credentials,
      AGENTS,
    );
    const client = withoutVersionWarning(() => new LambdaClient(config));
    const calls = {};
    const sending = { context, operation: "ListFunctions", quotas: unlimited, calls, timeout: 100 };
    const error = await send(client, new ListFunctionsCommand({}), sending).catch((reason) => reason);
    expect(calls).toEqual({ ListFunctions: 3 });
    const problem = awsProblem(error, { operation: "ListFunctions" });
    expect(problem).toMatchObject({ code: "SLUICE_AWS_NO_ANSWER", exitCode: 4 });
    expect(problem.message).toContain(edge.endpoint);
  } finally {
    release("reset");
    await edge.stop();
  }
});

it("does not ask again of a key that may not be used, though Lambda answers 502", async () => {
  const refusal = { "content-type": "application/json", "x-amzn-errortype": "KMSAccessDeniedException" };
  const edge = await startEdge(() => ({ status: 502, headers: refusal, body: '{"Message":"no access"}' }));
  try {
    const env = {
      AWS_ENDPOINT_URL: edge.endpoint,
      AWS_ACCESS_KEY_ID: "111111111111",
      AWS_SECRET_ACCESS_KEY: "secret-key",
    };
    const aws = openAws(testContext({ cwd: tmpdir(), env }), {
      region: "eu-west-1",
      profile: null,
      role: null,
    });
    const error = await aws.lambda.getFunction({ FunctionName: "orders" }).catch((reason) => reason);
    expect(awsProblem(error, { operation: "GetFunction" }).code).toBe("SLUICE_AWS_KMS_DENIED");
    expect(edge.requests).toHaveLength(1);
  } finally {
    await edge.stop();
  }
});

it("refuses an endpoint that is not a URL", () => {
  const context = testContext({ cwd: tmpdir(), env: { AWS_ENDPOINT_URL_LAMBDA: "localhost:4566" } });
  const make = (): unknown =>
    clientConfig(context, "lambda", { region: "eu-west-1", profile: null }, () => Promise.reject(), AGENTS);
  expect(make).toThrow(/AWS_ENDPOINT_URL_LAMBDA is not a URL/);
  try {
    make();
  } catch (error) {
    expect(isSluiceError(error) && error.exitCode).toBe(2);
  }
});

import { tmpdir } from "node:os";
import { isSluiceError, sleep } from "@sluice/core";
import {
  type Edge,
  type EdgeAnswer,
  type EdgeRequest,
  startEdge,
  type TestContext,
  testContext,
} from "@sluice/test-kit";
import { afterEach, expect, it } from "vitest";
import { type Aws, openAws } from "./aws.ts";
import { awsProblem } from "./problem.ts";

const SECRET = "wJalrXUtnFEMIK7MDENG";
const FUNCTION: EdgeAnswer = {
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ Configuration: { CodeSha256: "abc=" } }),
};

let edge: Edge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

function failure(
  status: number,
  type: string,
  headers: Record<string, string> = {},
  message = "no",
): EdgeAnswer {
  return {
    status,
    headers: {
      "x-amzn-ErrorType": type,
      "x-amzn-RequestId": "req-1",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify({ Message: message }),
  };
}

async function open(
  answer: (request: EdgeRequest, index: number) => EdgeAnswer | Promise<EdgeAnswer>,
  overrides: Partial<TestContext> = {},
): Promise<{ aws: Aws; context: TestContext; edge: Edge }> {
  edge = await startEdge(answer);
  const env = {
    AWS_ENDPOINT_URL: edge.endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: SECRET,
  };
  const context = testContext({ cwd: tmpdir(), env, ...overrides });
  return { aws: openAws(context, { region: "eu-west-1", profile: null, role: null }), context, edge };
}

async function failing(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error("should have failed");
    },
    (error) => error,
  );
}

it("answers, and counts one request", async () => {
  const { aws, edge } = await open(() => FUNCTION);
  const calls = {};
  const output = await aws.lambda.getFunction({ FunctionName: "orders" }, calls);
  expect(output.Configuration?.CodeSha256).toBe("abc=");
  expect(calls).toEqual({ GetFunction: 1 });
  expect(edge.requests[0]?.url).toBe("/2015-03-31/functions/orders");
});

it("lets who has updated finish before more is updated", async () => {
  const { aws, edge } = await open(() => ({ ...FUNCTION, body: "{}" }));
  const zip = new Uint8Array([1]);
  const update = (): Promise<unknown> =>
    aws.lambda.updateFunctionCode({ FunctionName: "orders", ZipFile: zip });
  // A second's worth goes at once; the rest waits.
  const updates = Array.from({ length: 18 }, update);
  await expect.poll(() => edge.requests.length).toBe(15);
  const alias = { FunctionName: "orders", Name: "live", FunctionVersion: "2" };
  await Promise.all([...updates, aws.lambda.updateAlias(alias)]);
  expect(edge.requests.findIndex(({ url }) => url.includes("/aliases/"))).toBe(15);
});

it("retries what is throttled, counts every request, and slows down", async () => {
  const { aws, edge } = await open(
    (_, index) => (index < 2 ? failure(429, "TooManyRequestsException") : FUNCTION),
    {
      sleep: () => sleep(1, new AbortController().signal),
    },
  );
  const calls = { GetFunction: 4 };
  await aws.lambda.getFunction({ FunctionName: "orders" }, calls);
  expect(calls).toEqual({ GetFunction: 7 });
  expect(edge.requests).toHaveLength(3);
});

it("honours Retry-After", async () => {
  const { aws, edge } = await open((_, index) =>
    index === 0 ? failure(429, "TooManyRequestsException", { "retry-after": "1" }) : FUNCTION,
  );
  await aws.lambda.getFunction({ FunctionName: "orders" });
  const [first, second] = edge.requests;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(950);
});

it("gives up after eight requests", async () => {
  const { aws, edge } = await open(() => failure(500, "ServiceException"), { sleep: async () => {} });
  const error = await failing(aws.lambda.getFunction({ FunctionName: "orders" }));
  expect(error.name).toBe("ServiceException");
  expect(edge.requests).toHaveLength(8);
  expect(awsProblem(error, { operation: "GetFunction" })).toMatchObject({
    code: "SLUICE_AWS_SERVICE",
    exitCode: 4,
  });
});

it("retries a connection that is cut", async () => {
  const { aws, edge } = await open((_, index) => (index < 2 ? "reset" : FUNCTION));
  await aws.lambda.getFunction({ FunctionName: "orders" });
  expect(edge.requests).toHaveLength(3);
});

it("does not retry what will not change", async () => {
  for (const [status, type] of [
    [403, "AccessDeniedException"],
    [404, "ResourceNotFoundException"],
    [409, "ResourceConflictException"],
    [412, "PreconditionFailedException"],
    [400, "InvalidParameterValueException"],
  ] as const) {
    const { aws, edge } = await open(() => failure(status, type));
    const error = await failing(
      aws.lambda.updateFunctionCode({ FunctionName: "orders", S3Bucket: "b", S3Key: "k" }),
    );
    expect(error.name).toBe(type);
    expect(edge.requests).toHaveLength(1);
    await edge.stop();
  }
});

it("never invokes twice when the answer may have been lost", async () => {
  for (const answer of ["reset", failure(500, "ServiceException")] as const) {
    const { aws, edge } = await open(() => answer);
    await failing(aws.lambda.invoke({ FunctionName: "orders" }));
    expect(edge.requests).toHaveLength(1);
    await edge.stop();
  }
});

it("invokes again when throttled: then nothing has run", async () => {
  const { aws, edge } = await open((_, index) =>
    index === 0 ? failure(429, "TooManyRequestsException") : { status: 200, body: "1" },
  );
  await aws.lambda.invoke({ FunctionName: "orders" });
  expect(edge.requests).toHaveLength(2);
});

it("says that nobody listens, with the URL, after three attempts", async () => {
  const { aws, edge } = await open(() => FUNCTION);
  await edge.stop();
  const error = await failing(aws.lambda.getFunction({ FunctionName: "orders" }));
  expect((error as { $metadata?: { attempts?: number } }).$metadata?.attempts).toBe(3);
  const problem = awsProblem(error, { operation: "GetFunction", target: "orders", region: "eu-west-1" });
  expect(problem).toMatchObject({ code: "SLUICE_AWS_UNREACHABLE", exitCode: 2 });
  expect(problem.message).toContain(edge.endpoint);
  const later = awsProblem(error, { operation: "GetFunction", attempted: true });
  expect(later.exitCode).toBe(4);
});

it("keeps 15 control-plane requests a second, shared by all verbs", async () => {
  const { aws, edge } = await open(() => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: "{}",
  }));
  const verbs = Array.from({ length: 24 }, (_, i) =>
    i % 2 === 0
      ? aws.lambda.getAlias({ FunctionName: "orders", Name: "live" })
      : aws.lambda.updateAlias({ FunctionName: "orders", Name: "live", FunctionVersion: "1" }),
  );
  await Promise.all(verbs);
  const times = edge.requests.map(({ at }) => at).sort((a, b) => a - b);
  const from = times[0] ?? 0;
  expect(times.filter((at) => at < from + 1_000).length).toBeLessThanOrEqual(15);
});

it("signs after the wait, so that no signature gets old in the queue", async () => {
  const { aws, edge } = await open(() => FUNCTION);
  await Promise.all(Array.from({ length: 17 }, () => aws.lambda.listFunctions({})));
  const stamps = edge.requests.map(({ headers }) => headers["x-amz-date"]);
  expect(stamps.at(-1)).not.toBe(stamps[0]);
});

it("ends a wait for a retry when the run is cancelled", async () => {
  const controller = new AbortController();
  const { aws, edge } = await open(() => failure(429, "TooManyRequestsException", { "retry-after": "30" }), {
    signal: controller.signal,
    sleep: (milliseconds) => sleep(milliseconds, controller.signal),
  });
  const reason = new Error("cancelled");
  const pending = failing(aws.lambda.updateAlias({ FunctionName: "orders", Name: "live" }));
  setTimeout(() => controller.abort(reason), 200);
  expect(await pending).toBe(reason);
  expect(edge.requests).toHaveLength(1);
});

it("lets the call under way finish when the run is cancelled", async () => {
  const controller = new AbortController();
  const { aws } = await open(
    async () => {
      controller.abort(new Error("cancelled"));
      await new Promise((resolve) => setTimeout(resolve, 100));
      return FUNCTION;
    },
    { signal: controller.signal },
  );
  const output = await aws.lambda.getFunction({ FunctionName: "orders" });
  expect(output.Configuration?.CodeSha256).toBe("abc=");
});

it("keeps AWS's name and request id, names the permission, and shows no secret", async () => {
  const { aws } = await open(() => failure(403, "AccessDeniedException", {}, `key ${SECRET} may not`));
  const error = await failing(
    aws.lambda.updateFunctionCode({ FunctionName: "orders", ZipFile: new Uint8Array(3) }),
  );
  const problem = awsProblem(error, {
    operation: "UpdateFunctionCode",
    target: "orders",
    region: "eu-west-1",
  });
  expect(problem.message).toContain("AccessDeniedException");
  expect(problem.message).toContain("req-1");
  expect(problem.message).not.toContain(SECRET);
  expect(problem.hint).toContain(
    "lambda:UpdateFunctionCode on arn:aws:lambda:eu-west-1:ACCOUNT:function:orders",
  );
});

it.each([
  ["ExpiredTokenException", "SLUICE_CREDENTIALS_EXPIRED"],
  ["UnrecognizedClientException", "SLUICE_CREDENTIALS_INVALID"],
  ["InvalidSignatureException", "SLUICE_CREDENTIALS_INVALID"],
  ["RequestTimeTooSkewed", "SLUICE_CLOCK_SKEWED"],
])("%s is a usage error with the code %s", async (type, code) => {
  const { aws } = await open(() => failure(403, type));
  const error = await failing(aws.lambda.getFunction({ FunctionName: "orders" }));
  expect(awsProblem(error, { operation: "GetFunction" })).toMatchObject({ code, exitCode: 2 });
});

it("says something useful when the endpoint is not AWS", async () => {
  const html = { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Not Found</h1>" };
  const { aws } = await open(() => html);
  const error = await failing(aws.lambda.getFunction({ FunctionName: "orders" }));
  const problem = awsProblem(error, { operation: "GetFunction" });
  expect(isSluiceError(problem)).toBe(true);
  expect(problem.code).toBe("SLUICE_AWS_UNKNOWN");
});

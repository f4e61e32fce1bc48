import { tmpdir } from "node:os";
import { type Edge, type EdgeAnswer, type EdgeRequest, startEdge, testContext } from "@sluice/test-kit";
import { afterEach, expect, it } from "vitest";
import { type Aws, openAws } from "./aws.ts";
import { awsProblem } from "./problem.ts";

const HOUR = 3_600_000;

let edge: Edge | undefined;
afterEach(async () => {
  await edge?.stop();
});

/** When a request was signed (`20261112T154119Z`). */
function signedAt({ headers }: EdgeRequest): number {
  const stamp = headers["x-amz-date"] ?? "";
  return Date.parse(stamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z"));
}

/** AWS whose clock is ahead by `skew`, and which refuses signatures that are five minutes off, as it documents. */
async function open(skew: number, lenient = true): Promise<{ aws: Aws; edge: Edge }> {
  const answer = (request: EdgeRequest): EdgeAnswer => {
    const now = Date.now() + skew;
    const headers = { "content-type": "application/json", date: new Date(now).toUTCString() };
    const fits = lenient && Math.abs(signedAt(request) - now) < 300_000;
    if (fits) return { status: 200, headers, body: "1" };
    const refusal = { ...headers, "x-amzn-errortype": "InvalidSignatureException" };
    return { status: 403, headers: refusal, body: JSON.stringify({ message: "Signature not yet current" }) };
  };
  const started = await startEdge(answer);
  edge = started;
  const env = {
    AWS_ENDPOINT_URL: started.endpoint,
    AWS_ACCESS_KEY_ID: "111111111111",
    AWS_SECRET_ACCESS_KEY: "secret-key",
  };
  const context = testContext({ cwd: tmpdir(), env, sleep: () => Promise.resolve() });
  return { aws: openAws(context, { region: "eu-west-1", profile: null, role: null }), edge: started };
}

it.each([HOUR, -HOUR])("signs by AWS's clock once it knows it is %i ms off", async (skew) => {
  const { aws } = await open(skew);
  const calls = {};
  await aws.lambda.invoke({ FunctionName: "orders" }, calls);
  await aws.lambda.invoke({ FunctionName: "orders" }, calls);
  // One request was refused for the first; an invocation that was refused has not run.
  expect(calls).toEqual({ Invoke: 3 });
});

it("says that it is the clock, not the keys, by the date of the answer", async () => {
  const { aws } = await open(HOUR, false);
  const error = await aws.lambda.getFunction({ FunctionName: "orders" }).catch((reason) => reason);
  const problem = awsProblem(error, { operation: "GetFunction", target: "orders" });
  expect(problem).toMatchObject({ code: "SLUICE_CLOCK_SKEWED", exitCode: 2 });
  expect(problem.message).toContain("InvalidSignatureException");
  expect(problem.hint).toBe("Set the clock of this machine: AWS's is 60 minutes ahead.");
});

it("says that it is the keys where the clocks agree", async () => {
  const { aws } = await open(0, false);
  const error = await aws.lambda.getFunction({ FunctionName: "orders" }).catch((reason) => reason);
  expect(awsProblem(error, { operation: "GetFunction" }).code).toBe("SLUICE_CREDENTIALS_INVALID");
});

import { tmpdir } from "node:os";
import { type EdgeAnswer, startEdge, testContext } from "@sluice/test-kit";
import { expect, it } from "vitest";
import { type Aws, openAws } from "./aws.ts";

const JSON_TYPE = { "content-type": "application/json" };
const THROTTLED: EdgeAnswer = {
  status: 429,
  headers: { ...JSON_TYPE, "x-amzn-errortype": "TooManyRequestsException" },
  body: "{}",
};

/**
 * Counts strictly: what comes after the quota of any last 0.85 s is throttled, and counts as well. The rest of the second is for this
 * process, which is server and client and shares its machine; whole seconds are counted where a test turns the clock.
 */
function strictCounter(quota: number): () => boolean {
  const times: number[] = [];
  return () => {
    const now = performance.now();
    times.push(now);
    return times.filter((time) => time > now - 850).length <= quota;
  };
}

function open(endpoint: string, account: string, region: string): Aws {
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: "secret-key" };
  const context = testContext({ cwd: tmpdir(), env });
  return openAws(context, { region, profile: null, role: null });
}

it("is never throttled by a strict count, reads and writes at once", async () => {
  const reads = strictCounter(100);
  const writes = strictCounter(15);
  const edge = await startEdge(({ method, url }) => {
    const fits = method === "GET" && !url.includes("/aliases") ? reads() : writes();
    return fits ? { status: 200, headers: JSON_TYPE, body: "{}" } : THROTTLED;
  });
  try {
    const { lambda } = open(edge.endpoint, "111111111111", "eu-west-1");
    const calls: Record<string, number> = {};
    const read = Array.from({ length: 300 }, () => lambda.getFunction({ FunctionName: "orders" }, calls));
    const write = Array.from({ length: 45 }, (_, index) =>
      index % 3 === 0
        ? lambda.getAlias({ FunctionName: "orders", Name: "live" }, calls)
        : lambda.updateAlias({ FunctionName: "orders", Name: "live", FunctionVersion: "1" }, calls),
    );
    await Promise.all([...read, ...write]);
    // No request beyond one for each call: none was throttled.
    expect(calls).toEqual({ GetFunction: 300, GetAlias: 15, UpdateAlias: 30 });
  } finally {
    await edge.stop();
  }
}, 60_000);

it("waits for no other region or account", async () => {
  let under = 0;
  let go = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    go = resolve;
  });
  // Nobody is answered before everybody has asked, though each asks for more than one quota.
  const edge = await startEdge(async () => {
    under += 1;
    if (under === 60) go();
    await all;
    return { status: 200, headers: JSON_TYPE, body: "{}" };
  });
  try {
    const scopes = ["111111111111", "222222222222"].flatMap((account) =>
      ["eu-west-1", "us-east-1"].map((region) => open(edge.endpoint, account, region)),
    );
    const calls = scopes.flatMap(({ lambda }) =>
      Array.from({ length: 15 }, () => lambda.updateAlias({ FunctionName: "orders", Name: "live" })),
    );
    await Promise.all(calls);
    expect(under).toBe(60);
  } finally {
    await edge.stop();
  }
}, 60_000);

it("slows S3 down too when it says so, and goes on", async () => {
  let asked = 0;
  const edge = await startEdge(() => {
    asked += 1;
    if (asked > 2) return { status: 200, headers: { "content-length": "0" } };
    return {
      status: 503,
      headers: { "content-type": "application/xml", "retry-after": "1" },
      body: "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
    };
  });
  try {
    const calls = {};
    const bucket = open(edge.endpoint, "111111111111", "eu-west-1").objects("artifacts", calls);
    expect(await bucket.putIfAbsent("key", new Uint8Array(3))).toBe("created");
    expect(calls).toEqual({ PutObject: 3 });
    const times = edge.requests.map(({ at }) => at);
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_900);
  } finally {
    await edge.stop();
  }
}, 60_000);

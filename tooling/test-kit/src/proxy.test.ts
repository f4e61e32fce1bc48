import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Edge, startEdge } from "./edge.ts";
import { startEmulator } from "./emulator.ts";
import { type FaultProxy, type ProxyOptions, startProxy } from "./proxy.ts";

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()));
});

async function edge(answer: Parameters<typeof startEdge>[0]): Promise<Edge> {
  const started = await startEdge(answer);
  open.push(started);
  return started;
}

async function proxy(target: string, options?: ProxyOptions): Promise<FaultProxy> {
  const started = await startProxy(target, options);
  open.push(started);
  return started;
}

describe("forwarding", () => {
  it("keeps Host, path, query, headers and bodies, and records the call", async () => {
    const target = await edge(() => ({ status: 201, headers: { "x-amzn-requestid": "r1" }, body: "answer" }));
    const { endpoint, calls } = await proxy(target.endpoint);
    const url = new URL("/2015-03-31/functions/orders%2Fa/code?q=1", endpoint);
    const outgoing = request(url, {
      method: "PUT",
      headers: { host: "abc.lambda-url.localhost", "x-own": "1" },
    });
    outgoing.end("body");
    const [response] = await once(outgoing, "response");
    expect(response.statusCode).toBe(201);
    expect(response.headers["x-amzn-requestid"]).toBe("r1");
    expect((await response.toArray()).join("")).toBe("answer");
    const [seen] = target.requests;
    expect(seen?.url).toBe("/2015-03-31/functions/orders%2Fa/code?q=1");
    expect(seen?.headers).toMatchObject({ host: "abc.lambda-url.localhost", "x-own": "1" });
    expect(seen?.body.toString()).toBe("body");
    expect(calls).toMatchObject([{ status: 201, requestBytes: 4, responseBytes: 6, forwarded: true }]);
  });

  it("names a query call from its form, and still forwards the form", async () => {
    const target = await edge(() => ({ status: 200 }));
    const { endpoint, calls, reset } = await proxy(target.endpoint);
    await fetch(endpoint, { method: "POST", body: new URLSearchParams({ Action: "GetCallerIdentity" }) });
    expect(calls).toMatchObject([{ operation: "GetCallerIdentity", requestBytes: 24 }]);
    expect(target.requests[0]?.body.toString()).toBe("Action=GetCallerIdentity");
    reset();
    expect(calls).toEqual([]);
  });

  it("streams 50 MB without a byte lost", async () => {
    const target = await edge(({ body }) => ({
      status: 200,
      body: createHash("sha256").update(body).digest("hex"),
    }));
    const { endpoint, calls } = await proxy(target.endpoint);
    const body = Buffer.alloc(50 * 1024 * 1024, "0123456789");
    const response = await fetch(endpoint, { method: "PUT", body });
    expect(await response.text()).toBe(createHash("sha256").update(body).digest("hex"));
    expect(calls[0]?.requestBytes).toBe(body.length);
  });

  it("adds the delay to the whole of a call, half of it before forwarding", async () => {
    const target = await edge(() => ({ status: 200 }));
    const { endpoint } = await proxy(target.endpoint, { delayMs: 200 });
    const started = performance.now();
    const before = target.requests.length;
    const answered = fetch(endpoint);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(target.requests.length).toBe(before);
    await answered;
    // Timers may fire a millisecond early.
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
  });

  it("passes an answer on that comes before the whole body was read", async () => {
    const server = createServer((_, response) => response.writeHead(413).end("too big")).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    open.push({ stop: async () => void server.close() });
    const { endpoint } = await proxy(`http://127.0.0.1:${port}`);
    const response = await fetch(endpoint, { method: "PUT", body: Buffer.alloc(30_000_000) });
    expect([response.status, await response.text()]).toEqual([413, "too big"]);
  });

  it("lets a target that breaks off break off for the caller too", async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("part");
      setTimeout(() => response.destroy(), 20);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    open.push({ stop: async () => void server.close() });
    const { endpoint } = await proxy(`http://127.0.0.1:${port}`);
    const response = await fetch(endpoint);
    await expect(response.text()).rejects.toThrow();
  });

  it("resets the caller when the target is not there", async () => {
    const target = await startEdge(() => ({ status: 200 }));
    await target.stop();
    const { endpoint, calls } = await proxy(target.endpoint);
    await expect(fetch(endpoint)).rejects.toThrow();
    expect(calls).toMatchObject([{ status: null }]);
  });
});

describe("faults", () => {
  it("answers by itself", async () => {
    const target = await edge(() => ({ status: 200 }));
    const headers = { "x-amzn-errortype": "TooManyRequestsException" };
    const { endpoint, calls } = await proxy(target.endpoint, {
      intercept: () => ({ status: 429, headers, body: '{"Reason":"x"}' }),
    });
    const response = await fetch(endpoint, { method: "POST", body: "abc" });
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
      429,
      headers["x-amzn-errortype"],
    ]);
    expect(await response.json()).toEqual({ Reason: "x" });
    expect(target.requests).toEqual([]);
    expect(calls).toMatchObject([{ status: 429, requestBytes: 3, forwarded: false }]);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("resets %s the target sees the call", async (reset, seen) => {
    const target = await edge(() => ({ status: 200, body: "done" }));
    const seenAtReset: number[] = [];
    const onReset = (): void => {
      seenAtReset.push(target.requests.length);
    };
    const { endpoint, calls } = await proxy(target.endpoint, { intercept: () => ({ reset, onReset }) });
    await expect(fetch(endpoint, { method: "POST", body: "abc" })).rejects.toThrow();
    expect(target.requests.length).toBe(seen);
    expect(seenAtReset).toEqual([seen]);
    expect(calls).toMatchObject([{ status: null, forwarded: seen === 1 }]);
  });

  it("cuts the answer in half", async () => {
    const target = await edge(() => ({
      status: 200,
      headers: { "content-length": "10" },
      body: "0123456789",
    }));
    const { endpoint } = await proxy(target.endpoint, { intercept: () => ({ cut: true }) });
    const response = await fetch(endpoint);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it("delays one call and leaves the others", async () => {
    const target = await edge(() => ({ status: 200 }));
    const { endpoint } = await proxy(target.endpoint, {
      intercept: ({ url }) => (url === "/slow" ? { delayMs: 150 } : null),
    });
    const order: string[] = [];
    const visit = (path: string): Promise<unknown> => fetch(endpoint + path).then(() => order.push(path));
    await Promise.all([visit("/slow"), visit("/quick")]);
    expect(order).toEqual(["/quick", "/slow"]);
  });

  it("forwards a call whose caller did not wait for it", async () => {
    const target = await edge(() => ({ status: 200 }));
    const { endpoint } = await proxy(target.endpoint, { intercept: () => ({ delayMs: 200 }) });
    await expect(
      fetch(endpoint, { method: "POST", body: "abc", signal: AbortSignal.timeout(50) }),
    ).rejects.toThrow();
    expect(target.requests).toEqual([]);
    await expect.poll(() => target.requests.length).toBe(1);
  });

  it("delays an answer, and not the call", async () => {
    const target = await edge(() => ({ status: 200 }));
    const { endpoint } = await proxy(target.endpoint, { intercept: () => ({ answerDelayMs: 60_000 }) });
    await expect(fetch(endpoint, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect(target.requests).toHaveLength(1);
  });

  it("lets the target's clock seem ahead", async () => {
    const date = "Sat, 21 Nov 2026 12:00:00 GMT";
    const target = await edge(() => ({ status: 200, headers: { date } }));
    const { endpoint } = await proxy(target.endpoint, {
      aheadMs: ({ url }) => (url === "/later" ? 90_000 : 0),
    });
    expect((await fetch(endpoint)).headers.get("date")).toBe(date);
    expect((await fetch(`${endpoint}/later`)).headers.get("date")).toBe("Sat, 21 Nov 2026 12:01:30 GMT");
  });

  it("stops in the middle of a delay", async () => {
    const target = await edge(() => ({ status: 200 }));
    const started = await startProxy(target.endpoint, { delayMs: 60_000 });
    const answered = expect(fetch(started.endpoint)).rejects.toThrow();
    await expect.poll(() => started.calls.length).toBe(1);
    await started.stop();
    await answered;
    expect(target.requests).toEqual([]);
  });
});

it("stands in front of the emulator", async () => {
  const emulator = await startEmulator();
  open.push(emulator);
  const { endpoint, calls } = await proxy(emulator.endpoint, {
    intercept: ({ operation }) => (operation === "ListFunctions" ? { status: 500 } : null),
  });
  const scope = "Credential=111111111111/20261121/eu-west-1/lambda/aws4_request";
  const headers = { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=00` };
  const missing = await fetch(`${endpoint}/2015-03-31/functions/absent`, { headers });
  expect(missing.status).toBe(404);
  expect(await missing.text()).toContain("111111111111:function:absent");
  expect((await fetch(`${endpoint}/2015-03-31/functions`, { headers })).status).toBe(500);
  expect(calls.map(({ service, operation }) => `${service}:${operation}`)).toEqual([
    "lambda:GetFunction",
    "lambda:ListFunctions",
  ]);
});

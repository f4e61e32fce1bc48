import { expect, it } from "vitest";
import type { Fault, ProxiedCall } from "./proxy.ts";
import { createQuotaGate } from "./quota-gate.ts";

function call(operation: string, accessKey = "111111111111", region = "eu-west-1"): ProxiedCall {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/20261121/${region}/lambda/aws4_request, Signature=00`;
  const sizes = { status: null, requestBytes: 0, responseBytes: 0, forwarded: false };
  return {
    service: "lambda",
    operation,
    method: "GET",
    url: "/",
    headers: { authorization },
    at: 0,
    ...sizes,
  };
}

let time = 0;
const gateAtZero = () => {
  time = 0;
  return createQuotaGate(() => time);
};
const retryAfter = (fault: Fault | null): string | undefined =>
  fault !== null && "status" in fault ? fault.headers?.["retry-after"] : undefined;

it("lets 15 control-plane calls a second through, whatever their names, in any second", () => {
  const gate = gateAtZero();
  const passed: number[] = [];
  for (time = 0; time < 5_000; time += 7) {
    if (gate.intercept(call(time % 2 === 0 ? "UpdateAlias" : "ListFunctions")) === null) passed.push(time);
  }
  for (const from of passed) {
    expect(passed.filter((each) => each >= from && each < from + 1_000).length).toBeLessThanOrEqual(15);
  }
  expect(passed).toHaveLength(75);
  expect(gate.throttled.length).toBeGreaterThan(600);
});

it("refuses with what AWS says, and when to come back", () => {
  const gate = gateAtZero();
  for (let index = 0; index < 15; index += 1) gate.intercept(call("UpdateFunctionCode"));
  const fault = gate.intercept(call("UpdateFunctionCode"));
  expect(fault).toMatchObject({ status: 429, headers: { "x-amzn-errortype": "TooManyRequestsException" } });
  expect(retryAfter(fault)).toBe("1");
});

it("counts GetFunction apart, and each account and region; not what other services are asked", () => {
  const gate = gateAtZero();
  for (let index = 0; index < 100; index += 1) expect(gate.intercept(call("GetFunction"))).toBeNull();
  expect(gate.intercept(call("GetFunction"))).not.toBeNull();
  expect(gate.intercept(call("GetFunction", "222222222222"))).toBeNull();
  expect(gate.intercept(call("GetFunction", "111111111111", "us-east-1"))).toBeNull();
  expect(gate.intercept(call("UpdateAlias"))).toBeNull();
  for (let index = 0; index < 50; index += 1) {
    expect(gate.intercept(call("Invoke"))).toBeNull();
    expect(gate.intercept({ ...call("PutObject"), service: "s3" })).toBeNull();
  }
  gate.reset();
  expect(gate.throttled).toEqual([]);
  expect(gate.intercept(call("GetFunction"))).toBeNull();
});

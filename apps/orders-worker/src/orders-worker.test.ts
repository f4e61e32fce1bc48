import type { SQSRecord } from "aws-lambda";
import { afterEach, expect, it, vi } from "vitest";
import { handler } from "./orders-worker.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it("gives back every message when TABLE_NAME is missing, and the log says so", async () => {
  vi.stubEnv("TABLE_NAME", "");
  const log = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const body = JSON.stringify({
    orderId: "5f0c2a52-8f0e-4d5e-9d3b-0a7c6b1f2e3d",
    sequence: 1,
    status: "accepted",
    occurredAt: "2026-11-21T10:00:00Z",
  });
  const record = { messageId: "m", body, attributes: { ApproximateReceiveCount: "1" } } as SQSRecord;
  expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [{ itemIdentifier: "m" }] });
  expect(log.mock.calls.join()).toContain("TABLE_NAME is not set");
});

import { expect, it } from "vitest";
import { reportIn } from "./invocation-report.ts";

it("reads the REPORT line of the text format", () => {
  const log = [
    "START RequestId: 1 Version: 7",
    "REPORT RequestId: mine, says the function",
    "REPORT RequestId: 8f5\tDuration: 79.67 ms\tBilled Duration: 250 ms\tMemory Size: 128 MB\tMax Memory Used: 73 MB\tInit Duration: 170.19 ms\t",
  ].join("\n");
  expect(reportIn(log)).toEqual({
    durationMs: 79.67,
    billedDurationMs: 250,
    memorySizeMb: 128,
    maxMemoryUsedMb: 73,
    initDurationMs: 170.19,
  });
});

it("reads platform.report of the JSON format", () => {
  const metrics = { durationMs: 101.51, billedDurationMs: 102, memorySizeMB: 128, maxMemoryUsedMB: 73 };
  const log = `{"level":"INFO"}\n${JSON.stringify({ time: "2026-01-31T12:00:00Z", type: "platform.report", record: { metrics } })}`;
  expect(reportIn(log)).toMatchObject({ durationMs: 101.51, maxMemoryUsedMb: 73, initDurationMs: null });
});

it.each(["", "hello", "REPORT RequestId: 1", '{"type":"platform.report"'])("finds none in %j", (log) => {
  expect(reportIn(log)).toBeNull();
});

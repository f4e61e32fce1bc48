import { type Change, SluiceError, type TargetReport } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createColors } from "../terminal/colors.ts";
import { formatDuration, formatSize, formatSummary, formatTargets } from "./human.ts";
import { formatJunit } from "./junit.ts";
import { completeReport, rowOfChange } from "./rows.ts";

const row = (over: Partial<TargetReport>): TargetReport => ({
  function: "orders",
  target: "orders-dev",
  account: "111111111111",
  region: "eu-west-1",
  outcome: "updated",
  digest: "sha256:00",
  codeSha256: "AA==",
  sizeBytes: 14_200,
  version: "7",
  previousVersion: "6",
  alias: "live",
  reason: "code changed",
  apiCalls: { GetFunction: 2 },
  durationMs: 812,
  error: null,
  ...over,
});
const failure = {
  code: "SLUICE_AWS_DENIED",
  message: 'AccessDeniedException: not "allowed" <here>',
  hint: "Add it.",
};
const targets = [
  row({}),
  row({ function: "w", target: "worker-dev", outcome: "unchanged", version: "3", previousVersion: "3" }),
  row({
    function: "x",
    target: "x-dev",
    outcome: "absent",
    version: null,
    previousVersion: null,
    reason: "does not exist",
  }),
  row({ function: "y", target: "y-dev", outcome: "failed", error: failure }),
  row({ function: "z", target: "z-dev", outcome: "conflict", error: failure }),
];
const head = {
  command: "deploy",
  environment: "dev",
  branch: "develop",
  commit: null,
  dirty: false,
  dryRun: false,
};
const plain = createColors({ isTerminal: false, noColor: false, env: {} });

describe("reports", () => {
  it("counts outcomes", () => {
    const report = completeReport({ ...head, targets });
    expect(report.summary).toEqual({
      updated: 1,
      unchanged: 1,
      absent: 1,
      conflict: 1,
      failed: 1,
      skipped: 0,
    });
    expect(formatSummary(report)).toBe("5 targets: 1 updated, 1 unchanged, 1 absent, 1 conflict, 1 failed");
  });

  it("aligns the table within 80 columns", () => {
    const text = formatTargets(completeReport({ ...head, targets }), plain);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const [updated = "", , unchanged = ""] = text.split("\n");
    expect(updated).toBe("  ✓ orders-dev  updated    6 → 7  live  14.2 kB");
    expect(unchanged.indexOf("unchanged")).toBe(updated.indexOf("updated"));
    expect(unchanged.indexOf("live")).toBe(updated.indexOf("live"));
    expect(text).toContain("→ Add it.");
  });

  it("leaves to what is said below the table what is told in full there", () => {
    const shown = new Set([failure.message]);
    const text = formatTargets(completeReport({ ...head, targets }), plain, () => [], shown);
    expect(text).toContain("SLUICE_AWS_DENIED");
    expect(text).not.toContain("AccessDeniedException");
    expect(text).not.toContain("Add it.");
  });

  it("says of a plan what would be done", () => {
    const report = completeReport({
      ...head,
      command: "plan",
      dryRun: true,
      targets: [row({ version: null })],
    });
    expect(formatTargets(report, plain)).toContain("update");
    expect(formatTargets(report, plain)).toContain("6 → new");
    expect(formatSummary(report)).toBe("1 target: 1 to update");
  });

  it("shows what a refusal left undone as skipped", () => {
    const change = {
      target: row({}),
      action: "update",
      reason: "code changed",
      artifact: null,
      error: null,
    } as unknown as Change;
    expect(rowOfChange(change, true)).toMatchObject({ outcome: "skipped", reason: "refused: code changed" });
    expect(rowOfChange(change, false)).toMatchObject({ outcome: "updated" });
  });

  it("names the function version that an alias would be moved to", () => {
    const change = {
      target: row({}),
      action: "move-alias",
      reason: "",
      artifact: null,
      error: null,
    } as unknown as Change;
    const shown = (over: object): string | null =>
      rowOfChange({ ...change, previousVersion: "6", ...over } as Change, false).version;
    expect(shown({ state: { published: "7" } })).toBe("7");
    expect(shown({ state: { kind: "move", version: { version: "5" } } })).toBe("5");
    expect(shown({ state: { published: null } })).toBeNull();
    expect(shown({ action: "update", state: { published: "7" } })).toBeNull();
    const report = completeReport({ ...head, dryRun: true, targets: [row({ version: "5" })] });
    expect(formatTargets(report, plain)).toContain("6 → 5");
  });

  it("writes JUnit with failures, skips and escaped text", () => {
    const xml = formatJunit(completeReport({ ...head, targets }), null);
    expect(xml).toContain('tests="5" failures="2" errors="0" skipped="1"');
    expect(xml).toContain("&quot;allowed&quot; &lt;here&gt;");
    expect(xml.match(/<failure /g)).toHaveLength(2);
    expect(xml).not.toContain('"allowed"');
  });

  const rejection = row({
    outcome: "failed",
    version: "6",
    rejectedVersion: "7",
    error: {
      code: "SLUICE_TEST_FAILED",
      message: `${"long ".repeat(20)}sentence.\n  expected  1\n  found     2`,
      hint: "Correct the function.",
    },
  });

  it("shows a rejected version beside the one that callers have, in 80 columns", () => {
    const text = formatTargets(completeReport({ ...head, targets: [rejection] }), plain);
    expect(text.split("\n")[0]).toBe("  ✗ orders-dev  failed  6 (7 rejected)  live");
    expect(text).toContain("\n      expected  1\n      found     2\n");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const live = { ...rejection, version: "7", alias: null };
    expect(formatTargets(completeReport({ ...head, targets: [live] }), plain)).toContain(
      "failed  7 rejected\n",
    );
  });

  it("goes on in JUnit's text where a message has several lines", () => {
    const xml = formatJunit(completeReport({ ...head, targets: [rejection] }), null);
    expect(xml).toMatch(
      /message="[^"\n]* sentence\.">\s+expected {2}1\n {2}found {5}2\nCorrect the function\.</,
    );
  });

  it("is red in JUnit when a gate refused", () => {
    const refused = new SluiceError({
      code: "SLUICE_DIRTY_TREE",
      kind: "refusal",
      message: "Dirty <tree>.",
      hint: "Commit.",
    });
    const xml = formatJunit(completeReport({ ...head, targets: [] }), refused);
    expect(xml).toContain('tests="1" failures="0" errors="1"');
    expect(xml).toContain('<error type="SLUICE_DIRTY_TREE" message="Dirty &lt;tree&gt;.">Commit.</error>');
  });

  it.each([
    [999, "999 B"],
    [14_200, "14.2 kB"],
    [1_340_000, "1.3 MB"],
    [null, ""],
  ])("formats %s bytes", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it("formats times", () => {
    expect([formatDuration(80), formatDuration(1234)]).toEqual(["80 ms", "1.2 s"]);
  });
});

import { type Change, type Outcome, type Report, reportRow, type TargetReport } from "@sluice/core";

const NONE: Record<Outcome, number> = {
  updated: 0,
  unchanged: 0,
  absent: 0,
  conflict: 0,
  failed: 0,
  skipped: 0,
};

/** The outcome that a change would have, for a plan or a dry run. */
function expectedOutcome(change: Change): Outcome {
  switch (change.action) {
    case "update":
    case "move-alias":
      return "updated";
    case "none":
      return "unchanged";
    case "absent":
      return "absent";
    case "fail":
      return "failed";
    case "refuse":
    case "skip":
      return "skipped";
  }
}

/** The ARN that a layer's newest version has, which the plugin of layers keeps: whoever provisions a function asks a plan for it. */
function arnOf({ action, state }: Change): { readonly arn?: string } {
  const arn = action === "none" && typeof state === "object" && state !== null && "arn" in state && state.arn;
  return typeof arn === "string" ? { arn } : {};
}

/** The function version that an alias would be moved to, where it is there already: what plans of updates and rollbacks keep. */
function nextVersionOf({ action, state }: Change): string | null {
  if (action !== "move-alias" || typeof state !== "object" || state === null) return null;
  const { published, version } = state as { published?: unknown; version?: { version?: unknown } };
  const next = published ?? version?.version;
  return typeof next === "string" ? next : null;
}

/** A change as a row: what would be done, or, when a gate refused, what was left undone. */
export function rowOfChange(change: Change, refused: boolean): TargetReport {
  const outcome = expectedOutcome(change);
  const held = refused && outcome === "updated";
  return reportRow(change, {
    outcome: held ? "skipped" : outcome,
    version: outcome === "unchanged" ? change.previousVersion : held ? null : nextVersionOf(change),
    reason: held ? `refused: ${change.reason}` : change.reason,
    error: change.error,
    calls: {},
    durationMs: 0,
    ...arnOf(change),
  });
}

/** Completes a report with its summary. Rows are ordered by function, then region, as the configuration has them. */
export function completeReport(head: Omit<Report, "schema" | "summary">): Report {
  const summary = { ...NONE };
  for (const row of head.targets) summary[row.outcome] += 1;
  return { schema: 1, ...head, summary };
}

import { type Action, type Change, type Outcome, reportRow, type TargetReport } from "@sluice/core";

const OUTCOMES: Readonly<Record<Action, Outcome>> = {
  update: "updated",
  "move-alias": "updated",
  none: "unchanged",
  absent: "absent",
  refuse: "failed",
  fail: "failed",
  skip: "skipped",
};

/** The row of a change as `plan` left it: for targets that need nothing done, and for dry runs. */
export function plannedReport(change: Change): TargetReport {
  const { reason, error, previousVersion: version } = change;
  return reportRow(change, {
    outcome: OUTCOMES[change.action],
    version,
    reason,
    error,
    calls: {},
    durationMs: 0,
  });
}

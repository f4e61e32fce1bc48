import type { CallCounter } from "@sluice/aws";
import type { Action, Change, Outcome, Problem, TargetReport } from "@sluice/core";

/** What became of a target. */
export interface Ending {
  readonly outcome: Outcome;
  /** Function version that is live now. */
  readonly version: string | null;
  readonly reason: string;
  readonly error: Problem | null;
  readonly calls: CallCounter;
  readonly durationMs: number;
}

/** The row of a target that was changed, or on which that was tried; calls and times of `plan` are added. */
export function reportOf(change: Change, ending: Ending): TargetReport {
  const manifest = change.artifact?.manifest ?? null;
  const { error } = ending;
  return {
    function: change.target.function,
    target: change.target.target,
    account: change.target.account,
    region: change.target.region,
    outcome: ending.outcome,
    digest: manifest?.digest ?? null,
    codeSha256: manifest?.codeSha256 ?? null,
    sizeBytes: manifest?.sizeBytes ?? null,
    version: ending.version,
    previousVersion: change.previousVersion,
    alias: change.target.alias,
    reason: ending.reason,
    apiCalls: sum(change.apiCalls, ending.calls),
    durationMs: Math.round(change.durationMs + ending.durationMs),
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
  };
}

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
  return reportOf(change, {
    outcome: OUTCOMES[change.action],
    version,
    reason,
    error,
    calls: {},
    durationMs: 0,
  });
}

function sum(first: CallCounter, second: CallCounter): CallCounter {
  const total: CallCounter = { ...first };
  for (const [operation, count] of Object.entries(second)) total[operation] = (total[operation] ?? 0) + count;
  return total;
}

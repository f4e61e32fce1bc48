import type { Problem } from "./problem.ts";
import type { Change, Outcome, TargetReport } from "./vocabulary.ts";

/** What became of a target, or would. */
export interface Ending {
  readonly outcome: Outcome;
  /** Function version that is live now. */
  readonly version: string | null;
  readonly reason: string;
  readonly error: Problem | null;
  /** API calls beyond those of planning, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** Milliseconds beyond those of planning. */
  readonly durationMs: number;
  /** Of a layer version. */
  readonly arn?: string;
  readonly rejectedVersion?: string;
  readonly prunedVersions?: readonly string[];
}

function sum(
  first: Readonly<Record<string, number>>,
  second: Readonly<Record<string, number>>,
): Record<string, number> {
  const total: Record<string, number> = { ...first };
  for (const [operation, count] of Object.entries(second)) total[operation] = (total[operation] ?? 0) + count;
  return total;
}

/** The row of a target in the report: who it is by the change, what became of it by the ending; calls and times add up. */
export function reportRow(change: Change, ending: Ending): TargetReport {
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
    // Of an image nobody knows it who has not fetched it.
    sizeBytes: change.artifact?.image === undefined ? (manifest?.sizeBytes ?? null) : null,
    version: ending.version,
    previousVersion: change.previousVersion,
    alias: change.target.alias,
    reason: ending.reason,
    apiCalls: sum(change.apiCalls, ending.calls),
    durationMs: Math.round(change.durationMs + ending.durationMs),
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
    ...(ending.arn === undefined ? {} : { arn: ending.arn }),
    ...(ending.rejectedVersion === undefined ? {} : { rejectedVersion: ending.rejectedVersion }),
    ...(ending.prunedVersions === undefined ? {} : { prunedVersions: ending.prunedVersions }),
  };
}

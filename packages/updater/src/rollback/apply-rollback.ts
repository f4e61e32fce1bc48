import type { DeploymentRecord } from "@sluice/artifact";
import type { Aws, CallCounter } from "@sluice/aws";
import {
  type ApplyInput,
  defect,
  isSluiceError,
  type RunContext,
  reportRow,
  type SluiceError,
  type TargetReport,
} from "@sluice/core";
import pMap from "p-map";
import { apply } from "../apply/apply.ts";
import { plannedReport } from "../apply/report.ts";
import type { Landed } from "../apply/target-run.ts";
import { isInterruption } from "../call.ts";
import type { FunctionState } from "../plan/observed.ts";
import { completeRecords } from "../records/complete-records.ts";
import type { Deployed } from "../records/deployed.ts";
import { askAhead, recordDeployment } from "../records/record-deployment.ts";
import type { Settings } from "../settings.ts";
import { liveDigest } from "../status/live-digest.ts";
import { type Move, moveBack } from "./move-back.ts";
import type { RollbackChange, RollbackState } from "./plan-rollback.ts";
import { atOnce } from "./redeploy.ts";

interface Applying {
  readonly input: ApplyInput;
  readonly changes: readonly RollbackChange[];
  readonly context: RunContext;
  readonly settings: Settings;
}

/** Carries out a rollback, and decides nothing of its own; each target gets its row, in the order given. */
export async function applyRollback(
  input: ApplyInput,
  context: RunContext,
  settings: Settings,
): Promise<TargetReport[]> {
  const changes = input.changes as readonly RollbackChange[];
  const applying = { input, changes, context, settings };
  const { concurrency } = input.environment;
  const redeploying = redeploy(applying);
  const rows = await pMap(
    changes,
    (change) => {
      if (change.state.kind === "move") return moveOne(applying, change, change.state);
      return change.state.kind === "record" ? recordOne(applying, change, change.state) : null;
    },
    { concurrency: concurrency ?? context.concurrency },
  );
  const redeployed = await redeploying;
  const all = changes.map((change, index) => rows[index] ?? redeployed.get(change) ?? plannedReport(change));
  await completeRecords(input, context, settings, all);
  return all;
}

/** All at once, so that what several targets need goes to a store once. */
async function redeploy(applying: Applying): Promise<Map<RollbackChange, TargetReport>> {
  const { input, context, settings } = applying;
  const own = applying.changes.flatMap((change) =>
    change.state.kind === "redeploy" ? [{ change, update: change.state.change }] : [],
  );
  if (own.length === 0) return new Map();
  const changes = own.map(({ update }) => update);
  const rows = await apply({ ...atOnce(input), changes }, context, settings);
  return new Map(
    own.flatMap(({ change }, index) => {
      const row = rows[index];
      return row === undefined ? [] : [[change, row] as const];
    }),
  );
}

/** What was done already, and is only written down now. */
async function recordOne(
  applying: Applying,
  change: RollbackChange,
  { aws, live, record, from }: Extract<RollbackState, { kind: "record" }>,
): Promise<TargetReport> {
  await writeDown(applying, change, { aws, version: live, record, previous: from });
  return withCode(plannedReport(change), live);
}

interface Back {
  readonly aws: Aws;
  readonly version: FunctionState;
  readonly record: DeploymentRecord | null;
  /** What callers had before; `null` when it is not known. */
  readonly previous: Deployed["previous"];
  readonly before?: Deployed["before"];
}

/** Records a rollback. Says nothing of code that AWS gives no digest for. */
async function writeDown(
  { input, context }: Applying,
  { target, reason }: RollbackChange,
  { aws, version, record, previous, before }: Back,
): Promise<void> {
  const { codeSha256 } = version;
  const digest = liveDigest(codeSha256);
  if (digest === null || codeSha256 === null) return;
  const { commit = null, committedAt = null, packageVersion = null } = record ?? {};
  const { sluice = "", layers = [], image = null } = record ?? {};
  const code = { digest, codeSha256, commit, committedAt, packageVersion, sluice, layers, image };
  const end = { outcome: "live", version: version.version, reason } as const;
  const ahead = before === undefined ? {} : { before };
  await recordDeployment({ input, context, aws, target, code, previous, ...ahead }, end);
}

const withCode = (row: TargetReport, { codeSha256 }: FunctionState): TargetReport => ({
  ...row,
  codeSha256,
  digest: liveDigest(codeSha256),
});

async function moveOne(applying: Applying, change: RollbackChange, move: Move): Promise<TargetReport> {
  const { context, settings } = applying;
  const { target } = change;
  const started = context.now();
  const calls: CallCounter = {};
  const emit = (status: "start" | "step" | "done", detail: string): void =>
    context.emit({ type: "target", target: target.target, region: target.region, status, detail });
  const { lambda } = move.aws;
  const trace = { retried: false, written: false };
  const step = (detail: string): void => emit("step", detail);
  const before = askAhead({ input: applying.input, aws: move.aws, target });
  const landed = await attempt(change, () => {
    context.signal.throwIfAborted();
    emit("start", change.reason);
    return moveBack({ lambda, target, calls, trace, context, settings, step }, move);
  });
  if (landed.outcome === "updated") {
    const previous = { version: change.previousVersion, codeSha256: change.currentCodeSha256 };
    await writeDown(applying, change, { ...move, previous, before });
  }
  emit("done", landed.outcome);
  const row = reportRow(change, {
    ...landed,
    reason: landed.reason || change.reason,
    calls,
    durationMs: context.now() - started,
  });
  return landed.outcome === "updated" ? withCode(row, move.version) : row;
}

async function attempt(change: RollbackChange, work: () => Promise<Landed>): Promise<Landed> {
  const { target, region } = change.target;
  try {
    return await work();
  } catch (error) {
    return failure(
      change,
      isSluiceError(error) ? error : defect(error, `rolling back ${target} in ${region}`, target),
    );
  }
}

function failure({ previousVersion: version }: RollbackChange, error: SluiceError): Landed {
  if (isInterruption(error)) return { outcome: "skipped", version, reason: "interrupted", error: null };
  const outcome = error.code === "SLUICE_TARGET_CONFLICT" ? "conflict" : "failed";
  return { outcome, version, reason: error.message, error: error.problems[0] };
}

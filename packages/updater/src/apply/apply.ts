import type { CallCounter } from "@sluice/aws";
import {
  type ApplyInput,
  type Change,
  defect,
  type Ending,
  isSluiceError,
  type Outcome,
  type RunContext,
  reportRow,
  type SluiceError,
  type TargetReport,
} from "@sluice/core";
import { isInterruption } from "../call.ts";
import { type ByteBudget, createByteBudget } from "../code/byte-budget.ts";
import { createPackager, goesByBucket, type Packager } from "../code/package-code.ts";
import { testsOf } from "../function-test/tests-of.ts";
import { withLayerArns } from "../layers/with-layer-arns.ts";
import type { UpdateChange } from "../plan/plan.ts";
import { completeRecords } from "../records/complete-records.ts";
import { recorded } from "../records/record-target.ts";
import type { Settings } from "../settings.ts";
import { takeBack } from "../traffic/end-rollout.ts";
import { pruneAfter } from "../versions/prune-after.ts";
import { explainAbsence } from "./absence.ts";
import { createLanes } from "./lanes.ts";
import { plannedReport } from "./report.ts";
import type { Idle, Landed, TargetRun } from "./target-run.ts";
import { finish, update } from "./update.ts";

/**
 * Bytes of zips that are in memory at once, on their way to AWS: base64, JSON and the request's body make each about five times as
 * large. At 15 requests a second more would only wait.
 */
const UPLOAD_BYTES = 32 * 1024 * 1024;

interface Applying {
  readonly input: ApplyInput;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly packager: Packager;
  readonly uploads: ByteBudget;
}

/**
 * Carries out changes, and decides nothing of its own. Never throws for a target: each gets its row, in the order given.
 * When the run is cancelled, what was begun is finished, and the rest is `skipped`.
 */
export async function apply(
  input: ApplyInput,
  context: RunContext,
  settings: Settings,
): Promise<TargetReport[]> {
  const uploads = createByteBudget(UPLOAD_BYTES);
  const applying = {
    input,
    context,
    settings,
    packager: createPackager(input, input.environment.kms.code),
    uploads,
  };
  const laneOf = createLanes(input, context);
  const applyOne = (change: Change): Promise<TargetReport> | TargetReport =>
    change.action === "update" || change.action === "move-alias"
      ? laneOf(change.target.region).take((idle) => applyChange(applying, change as UpdateChange, idle))
      : plannedReport(withLayerArns(change as UpdateChange, input.done ?? []));
  const rows = await Promise.all(input.changes.map(applyOne));
  await completeRecords(input, context, settings, rows);
  return pruneAfter(input, context, settings, rows);
}

async function applyChange(applying: Applying, change: UpdateChange, idle: Idle): Promise<TargetReport> {
  const { context } = applying;
  const { target, region } = change.target;
  const started = context.now();
  const calls: CallCounter = {};
  const emit = (status: "start" | "step" | "done", detail: string): void =>
    context.emit({ type: "target", target, region, status, detail });
  const landed = await attempt(change.target, async () => {
    context.signal.throwIfAborted();
    emit("start", change.reason);
    const run = runOf(applying, change, calls, { idle, step: (detail) => emit("step", detail) });
    return recorded(run, change, () => carryOut(run, change));
  });
  const ending = isSluiceError(landed) ? failure(change, landed) : verdict(change, landed);
  emit("done", ending.outcome);
  return reportRow(change, { ...ending, calls, durationMs: context.now() - started });
}

async function attempt(target: Change["target"], work: () => Promise<Landed>): Promise<Landed | SluiceError> {
  try {
    return await work();
  } catch (error) {
    return isSluiceError(error)
      ? error
      : defect(error, `updating ${target.target} in ${target.region}`, target.target);
  }
}

function runOf(
  applying: Applying,
  change: UpdateChange,
  calls: CallCounter,
  place: Pick<TargetRun, "idle" | "step">,
): TargetRun {
  const { input, context, settings, packager, uploads } = applying;
  const { profile, role } = input.environment;
  const { target, artifact, state, previousVersion } = change;
  if (artifact === null)
    throw defect(
      "a change without an artifact",
      `updating ${target.target} in ${target.region}`,
      target.target,
    );
  const aws = settings.openAws(context, { region: target.region, profile, role });
  const { sizeBytes } = artifact.manifest;
  const packed: TargetRun["codeOf"] = () => packager(artifact, aws, calls);
  const inRequest = !goesByBucket(input.environment.store);
  return {
    context,
    settings,
    input,
    aws,
    tests: testsOf(input, target.function),
    lambda: aws.lambda,
    target,
    artifact,
    calls,
    trace: { retried: false, written: false },
    seen: state,
    previousVersion,
    codeOf: inRequest ? packed : () => uploads.take(sizeBytes, packed),
    sending: (work) => (inRequest ? uploads.take(sizeBytes, work) : work()),
    ...place,
  };
}

async function carryOut(run: TargetRun, change: UpdateChange): Promise<Landed> {
  const { latest, alias } = change.state;
  if (latest === null && alias === null) throw defect(run.target, "a change without what plan saw");
  try {
    // Callers have the code: what remains is a rollout of other code.
    if (latest === null) return await takeBack(run);
    const isThere = change.action === "move-alias" || change.state.unpublished;
    return await (isThere ? finish(run, latest) : update(run, latest));
  } catch (error) {
    return explainAbsence(run, error);
  }
}

type Verdict = Pick<Ending, "outcome" | "version" | "reason" | "error" | "rejectedVersion">;

const verdict = ({ reason }: Change, landed: Landed): Verdict => ({
  ...landed,
  reason: landed.reason || reason,
});

function failure({ previousVersion: version }: Change, error: SluiceError): Verdict {
  if (isInterruption(error)) return { outcome: "skipped", version, reason: "interrupted", error: null };
  const outcome: Outcome = error.code === "SLUICE_TARGET_CONFLICT" ? "conflict" : "failed";
  return { outcome, version, reason: error.message, error: error.problems[0] };
}

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
import pMap from "p-map";
import { explainAbsence } from "./absence.ts";
import { isInterruption } from "./call.ts";
import { testsOf } from "./function-test/tests-of.ts";
import { withLayerArns } from "./layers/with-layer-arns.ts";
import { createPackager, type Packager } from "./package-code.ts";
import type { UpdateChange } from "./plan.ts";
import { plannedReport } from "./report.ts";
import type { Settings } from "./settings.ts";
import type { Landed, TargetRun } from "./target-run.ts";
import { finish, update } from "./update.ts";

interface Applying {
  readonly input: ApplyInput;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly packager: Packager;
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
  const applying = { input, context, settings, packager: createPackager(input) };
  const applyOne = (change: Change): Promise<TargetReport> | TargetReport =>
    change.action === "update" || change.action === "move-alias"
      ? applyChange(applying, change as UpdateChange)
      : plannedReport(withLayerArns(change as UpdateChange, input.done ?? []));
  return pMap(input.changes, applyOne, { concurrency: input.environment.concurrency ?? context.concurrency });
}

async function applyChange(applying: Applying, change: UpdateChange): Promise<TargetReport> {
  const { context } = applying;
  const { target, region } = change.target;
  const started = context.now();
  const calls: CallCounter = {};
  const emit = (status: "start" | "step" | "done", detail: string): void =>
    context.emit({ type: "target", target, region, status, detail });
  const landed = await attempt(change.target, async () => {
    context.signal.throwIfAborted();
    emit("start", change.reason);
    const run = runOf(applying, change, calls, (detail) => emit("step", detail));
    return carryOut(run, change);
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
  step: TargetRun["step"],
): TargetRun {
  const { input, context, settings, packager } = applying;
  const { profile, role } = input.environment;
  const { target, artifact, state, previousVersion } = change;
  if (artifact === null)
    throw defect(
      "a change without an artifact",
      `updating ${target.target} in ${target.region}`,
      target.target,
    );
  const aws = settings.openAws(context, { region: target.region, profile, role });
  const codeOf: TargetRun["codeOf"] = () => packager(artifact, aws, calls);
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
    codeOf,
    step,
  };
}

async function carryOut(run: TargetRun, change: UpdateChange): Promise<Landed> {
  const { latest } = change.state;
  if (latest === null) throw defect(run.target, "a change without what plan saw");
  try {
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

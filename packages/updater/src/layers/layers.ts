import { type CallCounter, openAws, resolveRegions } from "@sluice/aws";
import {
  type ApplyInput,
  defect,
  type Ending,
  isSluiceError,
  type Plugin,
  type RunContext,
  reportRow,
  type TargetReport,
} from "@sluice/core";
import pMap from "p-map";
import { plannedReport } from "../apply/report.ts";
import { isInterruption } from "../call.ts";
import { createPackager, type Packager } from "../code/package-code.ts";
import type { Door } from "../settings.ts";
import { layerVersions } from "./layer-versions.ts";
import { LAYERS, type LayerChange, planLayers } from "./plan-layers.ts";
import { publishLayer } from "./publish-layer.ts";

interface Applying {
  readonly input: ApplyInput;
  readonly context: RunContext;
  readonly door: Door;
  readonly packager: Packager;
}

/**
 * Publishes layers, in every region of the environment, whose digest is not that of their newest version. Its changes are applied
 * before the strategy's: what a function's new code counts on is there first. Attaches nothing: that is provisioning.
 *
 * @param door - another way to AWS, for tests
 */
export function layers(door: Door = { openAws, resolveRegions }): Plugin {
  return {
    name: LAYERS,
    plan: (input, context) => planLayers(input, context, door),
    apply: (input, context) => {
      const applying = { input, context, door, packager: createPackager(input) };
      return pMap(input.changes, (change) => applyLayer(applying, change as LayerChange), {
        concurrency: input.environment.concurrency ?? context.concurrency,
      });
    },
  };
}

async function applyLayer(applying: Applying, change: LayerChange): Promise<TargetReport> {
  const { context } = applying;
  if (change.action !== "update") {
    const row = plannedReport(change);
    const { arn } = change.state;
    return change.action === "none" && arn !== null ? { ...row, arn } : row;
  }
  const started = context.now();
  const calls: CallCounter = {};
  const { target, region } = change.target;
  context.emit({ type: "target", target, region, status: "start", detail: change.reason });
  const ending = await publish(applying, change, calls).catch((error: unknown) => failure(change, error));
  context.emit({ type: "target", target, region, status: "done", detail: ending.outcome });
  const account = ending.arn?.split(":")[4] ?? change.target.account;
  const told = { ...change, target: { ...change.target, account } };
  return reportRow(told, { ...ending, calls, durationMs: context.now() - started });
}

type Verdict = Omit<Ending, "calls" | "durationMs">;

async function publish(
  { input, context, door, packager }: Applying,
  change: LayerChange,
  calls: CallCounter,
): Promise<Verdict> {
  const { artifact, target } = change;
  if (artifact === null) throw new Error("a change without an artifact");
  context.signal.throwIfAborted();
  const { profile, role } = input.environment;
  const aws = door.openAws(context, { region: target.region, profile, role });
  const code = await packager(artifact, aws, calls);
  context.emit({
    type: "target",
    target: target.target,
    region: target.region,
    status: "step",
    detail: "publishing",
  });
  const { version, found } = await publishLayer({ lambda: aws.lambda, target, calls }, artifact, code);
  layerVersions(aws).forget(target.target);
  const reason = found ? `${change.reason}; it was published already` : change.reason;
  return { outcome: "updated", version: version.version, arn: version.arn, reason, error: null };
}

function failure(change: LayerChange, thrown: unknown): Verdict {
  const { previousVersion: version, target } = change;
  if (isInterruption(thrown)) return { outcome: "skipped", version, reason: "interrupted", error: null };
  const doing = `publishing ${target.target} in ${target.region}`;
  const error = isSluiceError(thrown) ? thrown : defect(thrown, doing, target.target);
  return { outcome: "failed", version, reason: error.message, error: error.problems[0] };
}

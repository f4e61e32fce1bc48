import { type Aws, type CallCounter, openAws, resolveRegions } from "@sluice/aws";
import {
  type ApplyInput,
  type Change,
  isSluiceError,
  type RunContext,
  type TargetReport,
} from "@sluice/core";
import pMap from "p-map";
import { deploymentsOf } from "../code/package-code.ts";
import { STRATEGY } from "../plan/plan.ts";
import type { Door } from "../settings.ts";
import { mappedQualifiers } from "./mapped-qualifiers.ts";
import { type Pruning, prunable, pruneVersions } from "./prune.ts";
import { sayPruned, sayUnpruned } from "./say-pruned.ts";

/** A deployment whose old versions may go. */
export type PruneInput = Pick<ApplyInput, "config" | "environment" | "options" | "changes" | "command">;

type Prune = (pruning: Pruning, keep: number) => Promise<readonly string[]>;

/**
 * Deletes old function versions of the targets that were updated, once all targets are live: a deployment never waits for it, and
 * one function's versions at a time are deleted in each region. What keeps versions from being deleted is told, and never
 * makes a deployment fail. Nothing is deleted once the run is cancelled: the next deployment does it.
 *
 * @param rows - one for each change, in their order
 */
export function pruneAfter(
  input: PruneInput,
  context: RunContext,
  door: Door,
  rows: readonly TargetReport[],
): Promise<TargetReport[]> {
  const prune: Prune = async (pruning, keep) => {
    const pruned = await pruneVersions(pruning, keep);
    sayPruned(context, pruning.caller.target, pruned);
    return pruned.versions;
  };
  return withPruned(input, context, door, rows, () => 0, prune);
}

/**
 * Says in the rows of a plan which function versions a deployment would delete. Reads alone.
 *
 * @param rows - one for each change, in their order
 */
export function pruneOf(
  input: PruneInput,
  context: RunContext,
  rows: readonly TargetReport[],
  door: Door = { openAws, resolveRegions },
): Promise<TargetReport[]> {
  const find: Prune = async (pruning, keep) =>
    (await prunable(pruning, keep)).goes.map(({ version }) => version);
  const upcoming = ({ action }: Change): number => (action === "update" ? 1 : 0);
  return withPruned(input, context, door, rows, upcoming, find);
}

async function withPruned(
  input: PruneInput,
  context: RunContext,
  door: Door,
  rows: readonly TargetReport[],
  upcomingOf: (change: Change) => number,
  prune: Prune,
): Promise<TargetReport[]> {
  const { environment, options, changes } = input;
  const keep = options.keepVersions ?? environment.keepVersions;
  const due = rows.map((row, index) => {
    const change = changes[index];
    return keep !== null && change?.strategy === STRATEGY && mayHaveOld(row, keep - upcomingOf(change));
  });
  // A rollback publishes nothing.
  if (keep === null || input.command === "rollback" || !due.includes(true)) return [...rows];
  const regions = [...new Set(rows.map(({ region }) => region))];
  const done = new Map<TargetReport, TargetReport>();
  const inRegion = async (region: string): Promise<void> => {
    const { profile, role } = environment;
    const aws = door.openAws(context, { region, profile, role });
    const mapped = mappedOnce(aws);
    for (const [index, row] of rows.entries()) {
      const change = changes[index];
      if (row.region !== region || due[index] !== true || change === undefined) continue;
      if (context.signal.aborted) return;
      const calls: CallCounter = {};
      const caller = { lambda: aws.lambda, target: change.target, calls };
      const deployments = deploymentsOf(input, aws, calls);
      const common = { caller, context, environment, deployments, upcoming: upcomingOf(change) };
      const pruning = { ...common, needed: neededBy(row, change), mapped: () => mapped(caller) };
      const versions = await unlessItFails(pruning, () => prune(pruning, keep));
      done.set(row, pruned(row, versions, calls));
    }
  };
  await pMap(regions, inRegion);
  return rows.map((row) => done.get(row) ?? row);
}

/** Whose newest function version has a number of `keep` at most, cannot have more than `keep`. */
function mayHaveOld({ outcome, version, previousVersion }: TargetReport, keep: number): boolean {
  const newest = version ?? previousVersion;
  return outcome === "updated" && newest !== null && Number(newest) > keep;
}

function neededBy({ version }: TargetReport, { previousVersion }: Change): ReadonlyMap<string, string> {
  const needed = new Map<string, string>();
  if (previousVersion !== null) needed.set(previousVersion, "a rollback would go back to it");
  if (version !== null) needed.set(version, "it was just deployed");
  return needed;
}

/** The mappings of a region, asked for by the first who needs them; again after a failure. */
export function mappedOnce({ lambda }: Aws): (caller: Pruning["caller"]) => Promise<ReadonlySet<string>> {
  let known: ReadonlySet<string> | null = null;
  return async ({ target, calls }) => {
    known ??= await mappedQualifiers({ lambda, target, calls });
    return known;
  };
}

async function unlessItFails(
  { caller, context }: Pruning,
  work: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await work();
  } catch (error) {
    const [problem] = isSluiceError(error) ? error.problems : [{ message: String(error), hint: "" }];
    sayUnpruned(context, caller.target, problem);
    return [];
  }
}

function pruned(row: TargetReport, versions: readonly string[], calls: CallCounter): TargetReport {
  const apiCalls = { ...row.apiCalls };
  for (const [operation, count] of Object.entries(calls))
    apiCalls[operation] = (apiCalls[operation] ?? 0) + count;
  return { ...row, apiCalls, ...(versions.length === 0 ? {} : { prunedVersions: versions }) };
}

import type { CallCounter } from "@sluice/aws";
import type { PlanInput, RunContext } from "@sluice/core";
import pMap from "p-map";
import { givenConcurrency } from "../apply/lanes.ts";
import type { Caller } from "../call.ts";
import { listed } from "./list-functions.ts";
import type { FunctionState, Observed } from "./observed.ts";
import type { RegionPlan } from "./plan.ts";
import { completeRead, hasCode, readLive, unreadable, type Wanted } from "./read-function.ts";
import type { Delivery } from "./targets.ts";

/**
 * Reads at once in a region where nobody says how many: GetFunction's quota of 100 a second is used up although an answer takes a third
 * of a second.
 */
const READS = 32;

/** How many targets of a region are read at once. */
export function readsAtOnce(input: PlanInput, context: RunContext): number {
  return givenConcurrency(input, context) ?? READS;
}

/** A target on its way to being read. */
export interface Reading {
  readonly delivery: Delivery;
  readonly wanted: Wanted;
  readonly caller: Caller;
  readonly calls: CallCounter;
  /** Milliseconds that reading it took so far. */
  durationMs: number;
  /** By the alias. */
  live: FunctionState | null;
  /** Set once nothing more has to be read, or can be. */
  observed: Observed | null;
}

/**
 * Reads a region's targets with the fewest calls: what callers get by an alias, one GetFunction each; then, of those that
 * have other code, `$LATEST`, several at a time by ListFunctions where that is cheaper; last what only some need.
 */
export async function readRegion(region: RegionPlan): Promise<readonly Reading[]> {
  const readings = region.group.map((delivery) => begin(region, delivery));
  if (region.input.environment.alias !== null) await each(region, readings, readByAlias);
  const open = readings.filter(needsLatest);
  const lists = timed(region, open[0], () => listed(region, open));
  // Whoever needs it waits for it, and meets its failure.
  lists.catch(() => undefined);
  await each(region, readings, async (reading) => {
    if (reading.observed !== null) return;
    const { target } = reading.delivery.target;
    const seen = { live: reading.live, listed: lists.then((found) => found.get(target) ?? null) };
    reading.observed = await completeRead(reading.caller, reading.wanted, seen).catch(unreadable);
  });
  return readings;
}

function begin({ input, aws }: RegionPlan, delivery: Delivery): Reading {
  const calls: CallCounter = {};
  const { environment, options } = input;
  const wanted = {
    codeSha256: delivery.artifact.manifest.codeSha256,
    force: options.force,
    traffic: environment.traffic !== null,
    guarded: isUnheld(input),
  };
  const caller = { lambda: aws.lambda, target: delivery.target, calls };
  return { delivery, wanted, caller, calls, durationMs: 0, live: null, observed: null };
}

/**
 * Whether runs are kept apart by nothing but the alias: without a store there is neither a record of the commit that is live nor a
 * lease, and a lease may be unwanted. A rollback looks at the alias itself.
 */
function isUnheld({ environment, command }: PlanInput): boolean {
  return command !== "rollback" && (environment.store === null || !environment.lease);
}

async function readByAlias(reading: Reading): Promise<void> {
  const { caller } = reading;
  if (caller.target.alias === null) return;
  try {
    reading.live = await readLive(caller, caller.target.alias);
  } catch (error) {
    reading.observed = unreadable(error);
  }
}

/** Where Sluice moves traffic in steps, `$LATEST` also tells whether a rollout may be under way. */
const needsLatest = ({ live, wanted, observed }: Reading): boolean =>
  observed === null && (wanted.traffic || live === null || !hasCode(live, wanted));

/** Runs one step for every target, as many at once as the environment allows. */
async function each(
  region: RegionPlan,
  readings: readonly Reading[],
  step: (reading: Reading) => Promise<void>,
): Promise<void> {
  const { input, context } = region;
  const run = (reading: Reading): Promise<void> => {
    context.signal.throwIfAborted();
    return timed(region, reading, () => step(reading));
  };
  await pMap(readings, run, { concurrency: readsAtOnce(input, context) });
}

async function timed<T>(
  { context }: RegionPlan,
  reading: Reading | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const started = context.now();
  try {
    return await work();
  } finally {
    if (reading !== undefined) reading.durationMs += context.now() - started;
  }
}

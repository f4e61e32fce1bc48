import type { PlanInput, RunContext } from "@sluice/core";
import { createSlots, type Slots } from "./slots.ts";

/**
 * Targets that are worked on at once in one region where nobody says how many. Most of them wait, for Lambda to make an update ready
 * or for their turn within AWS's quota of 15 writes a second, which this many keep busy although an update takes four seconds.
 */
const WIDE = 64;

/** How many targets may be worked on at once, where somebody says so; else `null`. */
export function givenConcurrency(
  { config, environment }: Pick<PlanInput, "config" | "environment">,
  context: RunContext,
): number | null {
  if (environment.concurrency !== null) return environment.concurrency;
  return context.concurrencyGiven === true ? context.concurrency : config.concurrency;
}

/**
 * The places that targets of a region are worked on at: as many as were asked for, in all; else many for each region, so that one that
 * is slow keeps no other waiting.
 */
export function createLanes(
  input: Pick<PlanInput, "config" | "environment">,
  context: RunContext,
): (region: string) => Slots {
  const given = givenConcurrency(input, context);
  const shared = given === null ? null : createSlots(given);
  const lanes = new Map<string, Slots>();
  return (region) => {
    const lane = shared ?? lanes.get(region) ?? createSlots(WIDE);
    lanes.set(region, lane);
    return lane;
  };
}

import { setTimeout as delay } from "node:timers/promises";
import type { RunContext } from "@sluice/core";
import { failureClass } from "../call.ts";
import { updateFailed, updateTimeout } from "../errors.ts";
import { type FunctionState, isBusy, readiness } from "../plan/observed.ts";
import { getFunction } from "../plan/read-function.ts";
import type { TargetRun } from "./target-run.ts";

/** The embedded AWS takes 0.5 s for an update: asking at that very moment would often be a poll too early. */
const FIRST_MS = 600;
const FACTOR = 1.5;
const LONGEST_MS = 5_000;
/** Polls until a version that is not found counts as gone. */
const MISSES = 3;

/** A function that is not busy any more, and how many polls that took. */
export interface Settled {
  readonly state: FunctionState;
  readonly polls: number;
}

/**
 * Polls until Lambda is done with an update, however it went: first after 0.6 s, then 1.5 times later each time, up to 5 s.
 *
 * @param known - the state as last seen: when it is not busy there is no poll at all
 * @param qualifier - function version; without one, `$LATEST`
 * @throws SLUICE_UPDATE_TIMEOUT
 */
export async function waitWhileBusy(
  run: TargetRun,
  known: FunctionState,
  qualifier?: string,
): Promise<Settled> {
  const { context, settings, target } = run;
  const deadline = context.now() + settings.waitMilliseconds;
  let state = known;
  let polls = 0;
  for (let pause = FIRST_MS; isBusy(state); pause = Math.min(pause * FACTOR, LONGEST_MS)) {
    const left = deadline - context.now();
    if (left <= 0)
      throw updateTimeout(
        target,
        settings.waitMilliseconds / 1000,
        state.lastUpdateStatus ?? state.state ?? "busy",
      );
    await rest(context, Math.min(pause, left));
    polls += 1;
    state = await poll(run, state, polls, qualifier);
  }
  return { state, polls };
}

/** A version that was just published may not be everywhere at once: only when it stays away is it gone. */
async function poll(
  run: TargetRun,
  last: FunctionState,
  polls: number,
  qualifier?: string,
): Promise<FunctionState> {
  try {
    return await getFunction(run, qualifier);
  } catch (error) {
    if (qualifier !== undefined && polls < MISSES && failureClass(error) === "absent") return last;
    throw error;
  }
}

/**
 * Waits until the new code can be called.
 *
 * @throws SLUICE_UPDATE_FAILED with Lambda's own reasons; SLUICE_UPDATE_TIMEOUT
 */
export async function waitUntilReady(
  run: TargetRun,
  known: FunctionState,
  qualifier?: string,
): Promise<Settled> {
  const settled = await waitWhileBusy(run, known, qualifier);
  if (readiness(settled.state) === "failed") throw updateFailed(run.target, settled.state);
  return settled;
}

/** A target under way is finished although the run was cancelled, so its pauses are not cut short. */
async function rest(context: RunContext, milliseconds: number): Promise<void> {
  const started = context.now();
  try {
    await context.sleep(milliseconds);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    await delay(Math.max(0, milliseconds - (context.now() - started)));
  }
}

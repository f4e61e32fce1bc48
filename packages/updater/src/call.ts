import { setTimeout as delay } from "node:timers/promises";
import {
  type AwsErrorClass,
  awsProblem,
  type CallCounter,
  classifyAwsError,
  type LambdaApi,
} from "@sluice/aws";
import { isSluiceError, type Target } from "@sluice/core";

/** Whom calls are made for, and where they are counted. */
export interface Caller {
  readonly lambda: LambdaApi;
  readonly target: Target;
  readonly calls: CallCounter;
}

/** Milliseconds between attempts at a call that the cancelled run's limiter turned away. */
const TURNED_AWAY_MS = 200;

/**
 * Makes one call; a failure becomes an error that names operation, target and region.
 *
 * Once a target has been written to, its calls are made although the run was cancelled: the limiter turns away who would
 * have to wait, so it is asked again until there is room.
 */
export async function call<T>(
  caller: Caller,
  operation: string,
  send: (lambda: LambdaApi, calls: CallCounter) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await send(caller.lambda, caller.calls);
    } catch (error) {
      const { target, region, account } = caller.target;
      const attempted = hasWritten(caller.calls);
      if (!attempted || !isInterruption(error))
        throw awsProblem(error, { operation, target, region, account, attempted });
      await delay(TURNED_AWAY_MS);
    }
  }
}

const WRITES: readonly string[] = ["UpdateFunctionCode", "PublishVersion", "UpdateAlias"];

const hasWritten = (calls: CallCounter): boolean => WRITES.some((operation) => (calls[operation] ?? 0) > 0);

/** Whether a call was not made, or not again, because the run was cancelled. */
export function isInterruption(error: unknown): boolean {
  return isSluiceError(error) && error.problems[0].kind === "interrupted";
}

/** What kind of failure of AWS's an error reports; `null` when it is Sluice's own. */
export function failureClass(error: unknown): AwsErrorClass | null {
  // What @sluice/aws makes of an SDK error has that error as its cause.
  if (isSluiceError(error) && error.cause === undefined) return null;
  return classifyAwsError(error);
}

import { setTimeout as delay } from "node:timers/promises";
import {
  type AwsErrorClass,
  awsProblem,
  type CallCounter,
  classifyAwsError,
  type LambdaApi,
} from "@sluice/aws";
import { isSluiceError, type Target } from "@sluice/core";
import { updateInterrupted } from "./errors.ts";

/** Whom calls are made for, and where they are counted. */
export interface Caller {
  readonly lambda: LambdaApi;
  readonly target: Target;
  readonly calls: CallCounter;
}

/** Milliseconds between attempts at a call that the cancelled run's limiter turned away: the first, the longest, in all. */
const TURNED_AWAY = { first: 200, factor: 1.3, longest: 1_000, inAll: 10_000 } as const;

/**
 * Makes one call; a failure becomes an error that names operation, target and region.
 *
 * Once a target has been written to, its calls are made although the run was cancelled: the limiter turns away who would
 * have to wait, so it is asked again for ten seconds. What AWS or the way there answers is final: a cancelled run does not
 * go on asking an endpoint that fails.
 *
 * @throws SLUICE_UPDATE_INTERRUPTED, and AWS's errors
 */
export async function call<T>(
  caller: Caller,
  operation: string,
  send: (lambda: LambdaApi, calls: CallCounter) => Promise<T>,
): Promise<T> {
  let waited = 0;
  for (
    let pause: number = TURNED_AWAY.first;
    ;
    pause = Math.min(pause * TURNED_AWAY.factor, TURNED_AWAY.longest)
  ) {
    try {
      return await send(caller.lambda, caller.calls);
    } catch (error) {
      const { target, region, account } = caller.target;
      const attempted = hasWritten(caller.calls);
      const place = { operation, target, region, account, attempted };
      if (!attempted || !isInterruption(error)) throw awsProblem(error, place);
      const { cause } = error as { readonly cause?: unknown };
      if (cause !== undefined) throw awsProblem(cause, place);
      if (waited >= TURNED_AWAY.inAll) throw updateInterrupted(caller.target, operation);
    }
    await delay(pause);
    waited += pause;
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

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
  /** What must be known later of the calls that were made; only where something is changed. */
  readonly trace?: Trace;
}

/** What is known of a target's calls so far. */
export interface Trace {
  /** Some call took more than one attempt, so that time has passed, or an answer was lost. */
  retried: boolean;
  /** Something was written, or may have been. */
  written: boolean;
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
    const before = caller.calls[operation] ?? 0;
    try {
      const answer = await send(caller.lambda, caller.calls);
      record(caller, operation, before);
      return answer;
    } catch (error) {
      record(caller, operation, before, error);
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

const WRITES: readonly string[] = [
  "UpdateFunctionCode",
  "PublishVersion",
  "UpdateAlias",
  "CreateAlias",
  "CreateDeployment",
  "PublishLayerVersion",
];

const hasWritten = (calls: CallCounter): boolean => WRITES.some((operation) => (calls[operation] ?? 0) > 0);

function record({ calls, trace }: Caller, operation: string, before: number, error?: unknown): void {
  const attempts = (calls[operation] ?? 0) - before;
  if (trace === undefined || attempts === 0) return;
  if (attempts > 1) trace.retried = true;
  // What is not there was not written to, unless an earlier attempt of the same call found it.
  const foundNothing = error !== undefined && attempts === 1 && failureClass(error) === "absent";
  if (WRITES.includes(operation) && !foundNothing) trace.written = true;
}

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

/** Refusals for another's change, by which nothing was done. */
export function wasRefused(error: unknown): boolean {
  const kind = failureClass(error);
  return kind === "precondition" || kind === "conflict";
}

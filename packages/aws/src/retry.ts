import type { RunContext } from "@sluice/core";
import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from "@smithy/types";
import { type AwsErrorClass, classifyAwsError } from "./classify.ts";
import { isTimeout, transportCode, wasHeard } from "./transport.ts";

/** Requests sent for one call, at most. */
export const MAX_ATTEMPTS = 8;
/** Where nobody listens or answers, it is given up after this many: the user waits for the message. */
const MAX_ATTEMPTS_SILENT = 3;
/** Milliseconds: the SDK's own figures for its standard mode (`retries-2026-config` of @smithy/core). */
const BASE_DELAY = 50;
const BASE_DELAY_THROTTLED = 1_000;
const MAX_DELAY = 20_000;
/** Milliseconds that AWS may ask us to stay away; what it asks beyond is for another run. */
export const MAX_RETRY_AFTER = 60_000;

function token(count: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => 0 };
}

/** Milliseconds after the end of a pause that AWS asked for, over which those who waited for it come back. */
const RETURN_SPREAD = 1_000;

/**
 * Milliseconds before the retry after `count` earlier ones: exponential with full jitter, or what AWS asks for and a little more, so
 * that not all processes are back at the same moment.
 */
export function retryDelay(count: number, info: RetryErrorInfo, now: number, random: () => number): number {
  const base = info.errorType === "THROTTLING" ? BASE_DELAY_THROTTLED : BASE_DELAY;
  const backoff = random() * Math.min(MAX_DELAY, base * 2 ** count);
  const asked = info.retryAfterHint === undefined ? 0 : info.retryAfterHint.getTime() - now;
  if (asked <= 0) return backoff;
  return Math.max(backoff, Math.min(asked, MAX_RETRY_AFTER) + random() * RETURN_SPREAD);
}

/** Classes of errors that another attempt does not change, whatever their HTTP status. */
const SETTLED: ReadonlySet<AwsErrorClass> = new Set(["absent", "denied", "invalid"]);

function mayRetry(count: number, info: RetryErrorInfo): boolean {
  if (info.errorType !== "THROTTLING" && info.errorType !== "TRANSIENT") return false;
  if (once.has(info.error ?? {})) return false;
  // Lambda says 502 of a KMS key or a network that it may not use: that stays so.
  if (SETTLED.has(classifyAwsError(info.error))) return false;
  const unheard = transportCode(info.error) !== null && !wasHeard(info.error);
  return count + 1 < (unheard || isTimeout(info.error) ? MAX_ATTEMPTS_SILENT : MAX_ATTEMPTS);
}

/** Errors of calls that must not be sent twice. */
const once = new WeakSet<object>();

/** Forbids to retry after this error: the request may have been carried out, and is not safe to repeat. */
export function forbidRetry(error: unknown): void {
  if (typeof error === "object" && error !== null) once.add(error);
}

/**
 * The SDK's standard retries (its classification of errors, its delays) with three differences that its own class has no
 * switch for: a wait ends when the run is cancelled; Retry-After is honoured beyond five seconds; and there is no
 * budget shared by all calls, which would fail targets at random when many are throttled: the quota limiter slows
 * everybody down instead.
 */
export function createRetryStrategy(
  context: RunContext,
  random: () => number = Math.random,
): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    refreshRetryTokenForRetry: async (previous, info) => {
      const count = previous.getRetryCount();
      if (!mayRetry(count, info)) throw new Error("No further attempt.");
      await context.sleep(retryDelay(count, info, context.now(), random));
      return token(count + 1);
    },
    recordSuccess: () => {},
  };
}

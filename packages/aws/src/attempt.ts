import type { FinalizeRequestMiddleware, MetadataBearer, MiddlewareStack } from "@smithy/types";
import { classifyAwsError } from "./classify.ts";
import { type Grant, nextTicket } from "./quota-limiter.ts";
import type { Quotas } from "./quotas.ts";
import { mayRepeat } from "./repeats.ts";
import { forbidRetry, MAX_RETRY_AFTER } from "./retry.ts";
import { isTimeout, transportCode, wasHeard } from "./transport.ts";

/** Operation (`GetFunction`) → requests sent, retries included. */
export type CallCounter = Record<string, number>;

export interface Attempt {
  readonly operation: string;
  readonly calls: CallCounter | undefined;
  readonly quotas: Quotas;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told the URL, without path and query, that each request goes to. */
  readonly onSend: (endpoint: string) => void;
}

/** What AWS answered with, as far as the SDK keeps it. */
interface ErrorWithResponse {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Answers of 5xx by which Lambda says that it has not begun: the function's network is not there yet. */
const NOT_BEGUN = new Set(["ENINotReadyException", "ResourceNotReadyException"]);

/** Whether the request may have been carried out: AWS failed, or somebody was there. An answer of 4xx is a refusal. */
function mayHaveRun(error: unknown): boolean {
  if (transportCode(error) !== null || isTimeout(error)) return wasHeard(error);
  const { name = "", $metadata } = (error ?? {}) as ErrorWithResponse;
  if (NOT_BEGUN.has(name)) return false;
  const status = $metadata?.httpStatusCode;
  return status === undefined || status < 400 || status >= 500;
}

/**
 * Milliseconds that AWS asks to stay away: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), or
 * `x-amz-retry-after`, in milliseconds.
 */
export function retryAfterOf(error: unknown, now: number): number {
  const headers = (error as ErrorWithResponse | null)?.$response?.headers ?? {};
  const own = Number(headers["x-amz-retry-after"]);
  if (own > 0) return Math.min(own, MAX_RETRY_AFTER);
  const value = headers["retry-after"] ?? "";
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1_000;
  return milliseconds > 0 ? Math.min(milliseconds, MAX_RETRY_AFTER) : 0;
}

/**
 * The place in the queue of a call. Updates come after all else: who has updated a function is let finish, so that its alias follows
 * within a second or two however many functions wait for their update.
 */
function ticketOf(operation: string): number {
  return nextTicket() + (operation === "UpdateFunctionCode" ? Number.MAX_SAFE_INTEGER / 2 : 0);
}

function urlOf(request: unknown): string {
  const { protocol, hostname, port } = request as { protocol: string; hostname: string; port?: number };
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
}

/**
 * What happens for each request that is really sent: wait for the quota, count, tell the limiter how it went.
 *
 * @param granted - is given the leave, to be told when the request has been signed and departs
 */
function attemptMiddleware<I extends object, O extends MetadataBearer>(
  a: Attempt,
  granted: (grant: Grant | undefined) => void,
): FinalizeRequestMiddleware<I, O> {
  const ticket = ticketOf(a.operation);
  return (next) => async (args) => {
    // Asked for anew at each attempt: meanwhile it may be known whose quota it is.
    const limiter = a.quotas(a.operation);
    const grant = await limiter?.acquire(a.signal, ticket);
    granted(grant);
    if (a.calls !== undefined) a.calls[a.operation] = (a.calls[a.operation] ?? 0) + 1;
    a.onSend(urlOf(args.request));
    try {
      const result = await next(args);
      limiter?.succeeded();
      return result;
    } catch (error) {
      const retryAfter = retryAfterOf(error, a.now());
      if (classifyAwsError(error) === "throttled") limiter?.throttled(retryAfter);
      else {
        if (retryAfter > 0) limiter?.pause(retryAfter);
        if (!mayRepeat(a.operation) && mayHaveRun(error)) forbidRetry(error);
      }
      throw error;
    } finally {
      grant?.answered();
    }
  };
}

/**
 * Hooks an {@link Attempt} into one command: inside the retry loop, so that it sees every request; before the signature, so
 * that a long wait does not let it expire (after five minutes).
 */
export function addAttempt<I extends object, O extends MetadataBearer>(
  stack: MiddlewareStack<I, O>,
  attempt: Attempt,
): void {
  let grant: Grant | undefined;
  const granted = (given: Grant | undefined): void => {
    grant = given;
  };
  const leaves: FinalizeRequestMiddleware<I, O> = (next) => (args) => {
    grant?.departs();
    return next(args);
  };
  const toMiddleware = "httpSigningMiddleware";
  stack.addRelativeTo(attemptMiddleware<I, O>(attempt, granted), {
    name: "sluiceAttempt",
    relation: "before",
    toMiddleware,
  });
  stack.addRelativeTo(leaves, { name: "sluiceDepart", relation: "after", toMiddleware });
}

import type { RunContext } from "@sluice/core";

/** A failure that another attempt may not have. */
export interface Failure {
  readonly reason: string;
  readonly cause: unknown;
  /** What the server asked to wait, in ms. */
  readonly waitMs: number | null;
  /** Whether something was received that need not be fetched again. */
  readonly progress: boolean;
}

export type Attempt<T> = { readonly value: T } | { readonly failure: Failure };

/** Attempts in a row that came to nothing; those that got a part of the body do not count, up to {@link MOST}. */
const IN_VAIN = 4;
const MOST = 20;
const FIRST_PAUSE_MS = 250;
/** A server that asks for more is not waited for. */
const LONGEST_PAUSE_MS = 30_000;

/** Statuses that may pass: RFC 9110, 15.5.9; RFC 6585, 4; and what proxies and stores answer while they are busy. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** `Retry-After` in ms: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const value = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** What OpenSSL and Node.js say of a certificate: no other attempt makes it a better one. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

/** The failure that an error comes to. */
export function failureOf(cause: unknown, progress: boolean): Failure {
  const code = (cause as { code?: unknown } | null)?.code;
  const isLasting = typeof code === "string" && CERTIFICATE.test(code);
  return { reason: reasonOf(cause), cause, waitMs: isLasting ? Number.POSITIVE_INFINITY : null, progress };
}

/** Why there was no answer, without what may hold a URL with credentials. */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors.find((one) => one instanceof Error) : error;
  const code = (inner as { code?: unknown } | null)?.code;
  const message = inner instanceof Error ? inner.message.replace(/\w+:\/\/\S+/g, "…") : "no answer";
  return typeof code === "string" && !message.includes(code) ? `${message} (${code})` : message;
}

/**
 * Tries until there is a value, at most four times in vain, waiting 250 ms and then twice as long.
 *
 * @param giveUp - makes the error of the last failure
 */
export async function withAttempts<T>(
  context: Pick<RunContext, "sleep" | "signal">,
  attempt: () => Promise<Attempt<T>>,
  giveUp: (failure: Failure, attempts: number) => Error,
): Promise<T> {
  let vain = 0;
  for (let count = 1; ; count++) {
    context.signal.throwIfAborted();
    const result = await attempt();
    if ("value" in result) return result.value;
    const { failure } = result;
    context.signal.throwIfAborted();
    vain = failure.progress ? 0 : vain + 1;
    const pause = failure.waitMs ?? FIRST_PAUSE_MS * 2 ** Math.max(0, vain - 1);
    if (vain >= IN_VAIN || count >= MOST || pause > LONGEST_PAUSE_MS) throw giveUp(failure, count);
    await context.sleep(pause);
  }
}

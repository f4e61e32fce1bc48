import type { FinalizeRequestMiddleware, MetadataBearer, MiddlewareStack } from "@smithy/types";
import { classifyAwsError } from "./classify.ts";
import type { Quotas } from "./quotas.ts";
import { forbidRetry } from "./retry.ts";
import { transportCode, wasHeard } from "./transport.ts";

/** Operation (`GetFunction`) → requests sent, retries included. */
export type CallCounter = Record<string, number>;

export interface Attempt {
  readonly operation: string;
  readonly calls: CallCounter | undefined;
  readonly quotas: Quotas;
  readonly signal: AbortSignal;
  /** Told the URL, without path and query, that each request goes to. */
  readonly onSend: (endpoint: string) => void;
}

/**
 * Repeating these has effects of its own: a function that is invoked twice runs twice, and what is published twice has two layer
 * versions.
 */
const NOT_REPEATABLE = new Set(["Invoke", "PublishLayerVersion"]);

/** AWS answered, or might have. */
function mayHaveRun(error: unknown): boolean {
  return transportCode(error) === null || wasHeard(error);
}

interface ErrorWithResponse {
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Milliseconds that AWS asks to stay away (RFC 9110, section 10.2.3, in seconds; dates are not used by AWS). */
function retryAfterOf(error: unknown): number {
  const seconds = Number((error as ErrorWithResponse | null)?.$response?.headers?.["retry-after"]);
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

function urlOf(request: unknown): string {
  const { protocol, hostname, port } = request as { protocol: string; hostname: string; port?: number };
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
}

/** What happens for each request that is really sent: wait for the quota, count, tell the limiter how it went. */
function attemptMiddleware<I extends object, O extends MetadataBearer>(
  a: Attempt,
): FinalizeRequestMiddleware<I, O> {
  const limiter = a.quotas(a.operation);
  return (next) => async (args) => {
    await limiter?.acquire(a.signal);
    if (a.calls !== undefined) a.calls[a.operation] = (a.calls[a.operation] ?? 0) + 1;
    a.onSend(urlOf(args.request));
    try {
      const result = await next(args);
      limiter?.succeeded();
      return result;
    } catch (error) {
      const kind = classifyAwsError(error);
      if (kind === "throttled") limiter?.throttled(retryAfterOf(error));
      else if (NOT_REPEATABLE.has(a.operation) && mayHaveRun(error)) forbidRetry(error);
      throw error;
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
  stack.addRelativeTo(attemptMiddleware<I, O>(attempt), {
    name: "sluiceAttempt",
    relation: "before",
    toMiddleware: "httpSigningMiddleware",
  });
}

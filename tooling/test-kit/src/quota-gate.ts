import { scopeOf } from "./operation.ts";
import type { Fault, ProxiedCall } from "./proxy.ts";

/**
 * Lambda's quotas per account and region, in requests per second.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
 */
const QUOTAS = { GetFunction: 100, GetPolicy: 15, controlPlane: 15 } as const;

const WINDOW_MS = 1_000;

/** Enforces quotas on the calls of a proxy, as AWS does on those of an account in a region. */
export interface QuotaGate {
  /** For the proxy to ask: 429 with `Retry-After` beyond the quota, `null` within. */
  readonly intercept: (call: ProxiedCall) => Fault | null;
  /** Calls that were refused so far. */
  readonly throttled: readonly ProxiedCall[];
  /** Forgets what was refused, and what counts against the quotas. */
  reset(): void;
}

function quotaOf({ service, operation }: ProxiedCall): keyof typeof QUOTAS | null {
  if (service !== "lambda" || operation === "Invoke") return null;
  return operation === "GetFunction" || operation === "GetPolicy" ? operation : "controlPlane";
}

function refusal(secondsToWait: number): Fault {
  return {
    status: 429,
    headers: {
      "content-type": "application/json",
      "x-amzn-errortype": "TooManyRequestsException",
      "retry-after": String(Math.max(1, Math.ceil(secondsToWait))),
    },
    body: JSON.stringify({ Reason: "CallerRateLimitExceeded", message: "Rate exceeded" }),
  };
}

/**
 * Makes a gate that is strict: in no second, however it is cut, more calls are let through than the quota. What is refused does not
 * count. An access key stands for an account.
 *
 * @param now - milliseconds; any origin
 */
export function createQuotaGate(now: () => number = () => performance.now()): QuotaGate {
  const throttled: ProxiedCall[] = [];
  const windows = new Map<string, number[]>();
  const intercept = (call: ProxiedCall): Fault | null => {
    const quota = quotaOf(call);
    if (quota === null) return null;
    const scope = scopeOf(call);
    const key = `${scope?.accessKey} ${scope?.region} ${quota}`;
    const at = now();
    const recent = (windows.get(key) ?? []).filter((each) => each > at - WINDOW_MS);
    windows.set(key, recent);
    const [oldest = at] = recent;
    if (recent.length < QUOTAS[quota]) {
      recent.push(at);
      return null;
    }
    throttled.push(call);
    return refusal((oldest + WINDOW_MS - at) / 1_000);
  };
  return {
    intercept,
    throttled,
    reset: () => {
      throttled.length = 0;
      windows.clear();
    },
  };
}

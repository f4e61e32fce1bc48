import { createQuotaLimiter, type LimiterClock, type QuotaLimiter } from "./quota-limiter.ts";

/**
 * Lambda's API quotas per account and region, in requests per second; none of them can be raised.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
 */
const QUOTAS = { getFunction: 100, getPolicy: 15, controlPlane: 15 } as const;

/** Which quota a Lambda operation counts against; `null`: invocations have their own, which concurrency governs. */
function quotaOf(operation: string): keyof typeof QUOTAS | null {
  if (operation === "Invoke") return null;
  if (operation === "GetFunction") return "getFunction";
  if (operation === "GetPolicy") return "getPolicy";
  return "controlPlane";
}

/** The limiter of an operation, or `null` when nothing limits it. */
export type Quotas = (operation: string) => QuotaLimiter | null;

/** Makes the limiters of one account and region. */
export function createQuotas(clock: LimiterClock): Quotas {
  const limiters = new Map<string, QuotaLimiter>();
  return (operation) => {
    const quota = quotaOf(operation);
    if (quota === null) return null;
    const limiter = limiters.get(quota) ?? createQuotaLimiter(QUOTAS[quota], clock);
    limiters.set(quota, limiter);
    return limiter;
  };
}

/** S3 and STS: their quotas are far above anything that is sent here. */
export const unlimited: Quotas = () => null;

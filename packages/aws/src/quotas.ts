import { createQuotaLimiter, type LimiterClock, type QuotaLimiter } from "./quota-limiter.ts";

/**
 * API quotas per account and region, in requests per second.
 *
 * Lambda's, none of which can be raised: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests.
 * DescribeAlarms 9: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html. FilterLogEvents 5 in
 * the regions that have least: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html.
 * CodeDeploy and S3 have no such figures: CodeDeploy documents none, and S3's are in the thousands per prefix of a bucket; theirs are
 * where Sluice begins, so that there is a rate to halve when AWS throttles.
 */
const QUOTAS = {
  getFunction: 100,
  getPolicy: 15,
  controlPlane: 15,
  alarms: 9,
  logs: 5,
  codeDeploy: 10,
  objects: 500,
} as const;

export type Quota = keyof typeof QUOTAS;

/** Operations with another quota than Lambda's control plane; `null`: none. */
const OF_OPERATION: Readonly<Record<string, Quota | null>> = {
  // Invocations have their own, which concurrency governs.
  Invoke: null,
  GetFunction: "getFunction",
  GetPolicy: "getPolicy",
  DescribeAlarms: "alarms",
  FilterLogEvents: "logs",
  CreateDeployment: "codeDeploy",
  GetDeployment: "codeDeploy",
  GetDeploymentGroup: "codeDeploy",
  ListDeployments: "codeDeploy",
  StopDeployment: "codeDeploy",
  HeadObject: "objects",
  GetObject: "objects",
  PutObject: "objects",
  ListObjectsV2: "objects",
};

/** Which quota an operation counts against; `null` when nothing limits it. */
export function quotaOf(operation: string): Quota | null {
  return Object.hasOwn(OF_OPERATION, operation) ? (OF_OPERATION[operation] ?? null) : "controlPlane";
}

/** The limiter of an operation, or `null` when nothing limits it. */
export type Quotas = (operation: string) => QuotaLimiter | null;

/** Makes the limiter of one quota. */
export function createLimiter(quota: Quota, clock: LimiterClock): QuotaLimiter {
  return createQuotaLimiter(QUOTAS[quota], clock);
}

/** STS: its quota is far above anything that is sent here. */
export const unlimited: Quotas = () => null;

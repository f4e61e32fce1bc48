import type { ProblemCode } from "@sluice/core";
import type { AwsErrorClass } from "./classify.ts";

/** Every code of this package. */
export type AwsProblemCode =
  | "SLUICE_AWS_ABSENT"
  | "SLUICE_AWS_DENIED"
  | "SLUICE_AWS_THROTTLED"
  | "SLUICE_AWS_CONFLICT"
  | "SLUICE_AWS_PRECONDITION"
  | "SLUICE_AWS_TOO_LARGE"
  | "SLUICE_AWS_CODE_STORAGE_FULL"
  | "SLUICE_AWS_INVALID"
  | "SLUICE_AWS_KMS"
  | "SLUICE_AWS_KMS_DENIED"
  | "SLUICE_AWS_CODE_SIGNING"
  | "SLUICE_AWS_NOT_RUNNABLE"
  | "SLUICE_AWS_SERVICE"
  | "SLUICE_AWS_UNKNOWN"
  | "SLUICE_AWS_UNREACHABLE"
  | "SLUICE_AWS_NO_ANSWER"
  | "SLUICE_PROXY_FAILED"
  | "SLUICE_PROXY_INVALID"
  | "SLUICE_CREDENTIALS_MISSING"
  | "SLUICE_CREDENTIALS_EXPIRED"
  | "SLUICE_CREDENTIALS_INVALID"
  | "SLUICE_CREDENTIALS_FAILED"
  | "SLUICE_CLOCK_SKEWED"
  | "SLUICE_PROFILE_UNKNOWN"
  | "SLUICE_SSO_EXPIRED"
  | "SLUICE_ROLE_DENIED"
  | "SLUICE_REGION_MISSING"
  | "SLUICE_ENDPOINT_INVALID"
  | "SLUICE_WRONG_ACCOUNT"
  | "SLUICE_BUCKET_ABSENT"
  | "SLUICE_BUCKET_REGION"
  | "SLUICE_OBJECT_CORRUPT";

const CLASSES: Readonly<Record<AwsProblemCode, AwsErrorClass>> = {
  SLUICE_AWS_ABSENT: "absent",
  SLUICE_AWS_DENIED: "denied",
  SLUICE_AWS_THROTTLED: "throttled",
  SLUICE_AWS_CONFLICT: "conflict",
  SLUICE_AWS_PRECONDITION: "precondition",
  SLUICE_AWS_TOO_LARGE: "too-large",
  SLUICE_AWS_CODE_STORAGE_FULL: "too-large",
  SLUICE_AWS_INVALID: "invalid",
  SLUICE_AWS_KMS: "invalid",
  SLUICE_AWS_KMS_DENIED: "denied",
  SLUICE_AWS_CODE_SIGNING: "invalid",
  SLUICE_AWS_NOT_RUNNABLE: "invalid",
  SLUICE_AWS_SERVICE: "service",
  SLUICE_AWS_UNKNOWN: "unknown",
  SLUICE_AWS_UNREACHABLE: "unreachable",
  SLUICE_AWS_NO_ANSWER: "unreachable",
  SLUICE_PROXY_FAILED: "unreachable",
  SLUICE_PROXY_INVALID: "invalid",
  SLUICE_CREDENTIALS_MISSING: "no-credentials",
  SLUICE_CREDENTIALS_EXPIRED: "expired",
  SLUICE_CREDENTIALS_INVALID: "expired",
  SLUICE_CREDENTIALS_FAILED: "no-credentials",
  SLUICE_CLOCK_SKEWED: "expired",
  SLUICE_PROFILE_UNKNOWN: "no-credentials",
  SLUICE_SSO_EXPIRED: "expired",
  SLUICE_ROLE_DENIED: "denied",
  SLUICE_REGION_MISSING: "invalid",
  SLUICE_ENDPOINT_INVALID: "invalid",
  SLUICE_WRONG_ACCOUNT: "denied",
  SLUICE_BUCKET_ABSENT: "invalid",
  SLUICE_BUCKET_REGION: "invalid",
  SLUICE_OBJECT_CORRUPT: "service",
};

/** The class of error that a code of this package stands for; `unknown` for others' codes. */
export function classOfCode(code: ProblemCode): AwsErrorClass {
  return Object.hasOwn(CLASSES, code) ? CLASSES[code as AwsProblemCode] : "unknown";
}

import type { ProblemKind, SluiceError } from "@sluice/core";
import { sluiceError } from "@sluice/core";
import type { AwsProblemCode } from "./codes.ts";

/** What an error of AWS says about itself, ready to be shown. */
export interface AwsDetail {
  /** As `UpdateFunctionCode of orders-api-dev in eu-west-1`. */
  readonly what: string;
  /** As `AccessDeniedException: User … is not authorized … (request 1c5a…)`; redacted. */
  readonly quote: string;
  readonly where?: string | undefined;
  readonly kind?: ProblemKind;
  readonly cause?: unknown;
  /** What to do about just this, instead of what is said about all errors of its class. */
  readonly hint?: string | undefined;
}

/** Makes an error of this package. */
export function make(
  code: AwsProblemCode,
  kind: ProblemKind,
  message: string,
  hint: string,
  detail?: Partial<AwsDetail>,
): SluiceError {
  const { where, cause } = detail ?? {};
  return sluiceError({ code, kind, message, hint, ...(where === undefined ? {} : { where }) }, cause);
}

/** What stands in the way before AWS is asked anything: by default nothing was attempted. */
export const access = {
  unreachable: (d: AwsDetail, endpoint: string): SluiceError =>
    make(
      "SLUICE_AWS_UNREACHABLE",
      d.kind ?? "usage",
      `${d.what}: ${endpoint} cannot be reached. ${d.quote}`,
      "Check the network (behind a proxy set HTTPS_PROXY, and NODE_EXTRA_CA_CERTS for its certificate), the region's name, and --endpoint-url or AWS_ENDPOINT_URL (is the embedded AWS running? `sluice local start`).",
      d,
    ),
  untrusted: (d: AwsDetail, endpoint: string): SluiceError =>
    make(
      "SLUICE_AWS_UNREACHABLE",
      d.kind ?? "usage",
      `${d.what}: ${endpoint} answers with a certificate that this machine does not trust. ${d.quote}`,
      "A proxy on the way has one of its own, or the endpoint does: set NODE_EXTRA_CA_CERTS to a file with its certificate authority, before Node.js starts.",
      d,
    ),
  proxyFailed: (d: AwsDetail, endpoint: string, proxy: string, hint: string): SluiceError =>
    make(
      "SLUICE_PROXY_FAILED",
      d.kind ?? "usage",
      `${d.what}: ${endpoint} cannot be reached through the proxy ${proxy}. ${d.quote}`,
      hint,
      d,
    ),
  proxyInvalid: (variable: string): SluiceError =>
    make(
      "SLUICE_PROXY_INVALID",
      "usage",
      // Not its value, which may have a password in it.
      `${variable} is not the URL of an HTTP proxy.`,
      "Write it as http://proxy.example:3128 (or https://…); what needs no proxy goes to NO_PROXY.",
      { where: variable },
    ),
  noAnswer: (d: AwsDetail, endpoint: string): SluiceError =>
    make(
      "SLUICE_AWS_NO_ANSWER",
      d.kind ?? "target",
      `${d.what}: the connection to ${endpoint} broke off, or no answer came in time. ${d.quote}`,
      "Check the network, then run again: Sluice looks at what was done before it does anything.",
      d,
    ),
  credentialsMissing: (tried: readonly string[], cause?: unknown): SluiceError =>
    make(
      "SLUICE_CREDENTIALS_MISSING",
      "usage",
      `No AWS credentials were found. Tried: ${tried.join(", ")}.`,
      "Set AWS_PROFILE (or `profile` of the environment), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in CI, a role through OIDC.",
      { cause },
    ),
  credentialsFailed: (source: string, quote: string, cause?: unknown): SluiceError =>
    make(
      "SLUICE_CREDENTIALS_FAILED",
      "usage",
      `No AWS credentials could be had from ${source}. ${quote}`,
      "Try `aws sts get-caller-identity` with the same profile. Where a code from a device is asked for, use `aws configure export-credentials`.",
      { cause },
    ),
  credentialsExpired: (d: AwsDetail): SluiceError =>
    make(
      "SLUICE_CREDENTIALS_EXPIRED",
      d.kind ?? "usage",
      `${d.what}: the credentials are expired. ${d.quote}`,
      "Get new ones (`aws sso login`, or whatever gave these), then run again.",
      d,
    ),
  credentialsInvalid: (d: AwsDetail): SluiceError =>
    make(
      "SLUICE_CREDENTIALS_INVALID",
      d.kind ?? "usage",
      `${d.what}: AWS does not accept these credentials. ${d.quote}`,
      "Check the access key, its secret and the session token: they belong together, and a session token goes with temporary keys alone.",
      d,
    ),
  /** `aheadMs`: how far AWS's clock is ahead, `NaN` when that is not known. */
  clockSkewed: (d: AwsDetail, aheadMs: number): SluiceError =>
    make(
      "SLUICE_CLOCK_SKEWED",
      d.kind ?? "usage",
      `${d.what}: this machine's clock and AWS's differ too much. ${d.quote}`,
      `Set the clock of this machine${Math.abs(aheadMs) < 60_000 || Number.isNaN(aheadMs) ? "" : `: AWS's is ${Math.round(Math.abs(aheadMs) / 60_000)} minutes ${aheadMs > 0 ? "ahead" : "behind"}`}.`,
      d,
    ),
  profileUnknown: (profile: string, known: readonly string[]): SluiceError =>
    make(
      "SLUICE_PROFILE_UNKNOWN",
      "usage",
      `There is no profile ${JSON.stringify(profile)} in the AWS configuration files${known.length > 0 ? ` (there are: ${known.slice(0, 8).join(", ")})` : ""}.`,
      "Correct `profile` of the environment or AWS_PROFILE, or make the profile with `aws configure sso`. In CI, leave it out and give a role.",
      { where: profile },
    ),
  ssoExpired: (profile: string, cause: unknown): SluiceError =>
    make(
      "SLUICE_SSO_EXPIRED",
      "usage",
      `The single sign-on session of profile ${JSON.stringify(profile)} has expired, or was never begun.`,
      `Run \`aws sso login --profile ${profile}\`, then run again.`,
      { where: profile, cause },
    ),
  roleDenied: (role: string, quote: string, cause: unknown): SluiceError =>
    make(
      "SLUICE_ROLE_DENIED",
      "usage",
      `The role ${role} cannot be assumed. ${quote}`,
      `Allow sts:AssumeRole on ${role} to these credentials, and name them in the role's trust policy.`,
      { where: role, cause },
    ),
  regionMissing: (environment: string): SluiceError =>
    make(
      "SLUICE_REGION_MISSING",
      "usage",
      `No region is known for environment ${JSON.stringify(environment)}.`,
      "Set `region` of the environment, AWS_REGION, or `region` of the profile.",
      { where: `environments.${environment}.region` },
    ),
  endpointInvalid: (variable: string, value: string): SluiceError =>
    make(
      "SLUICE_ENDPOINT_INVALID",
      "usage",
      `${variable} is not a URL: ${JSON.stringify(value)}.`,
      "Write it with its scheme, as in http://127.0.0.1:4566.",
      { where: variable },
    ),
};

/** Objects in a bucket. */
export const storage = {
  bucketAbsent: (bucket: string, d: AwsDetail): SluiceError =>
    make(
      "SLUICE_BUCKET_ABSENT",
      "usage",
      `${d.what}: there is no bucket ${bucket}. ${d.quote}`,
      "Correct `store`, or create the bucket: Sluice makes no infrastructure.",
      { ...d, where: `s3://${bucket}` },
    ),
  bucketRegion: (bucket: string, region: string, actual: string | null, d: AwsDetail): SluiceError =>
    make(
      "SLUICE_BUCKET_REGION",
      "usage",
      `${d.what}: the bucket ${bucket} is in ${actual ?? "another region"}, not in ${region}. ${d.quote}`,
      "Lambda takes code from a bucket of its own region alone: give `store` a bucket of that region.",
      { ...d, where: `s3://${bucket}` },
    ),
  objectCorrupt: (where: string, cause?: unknown): SluiceError =>
    make(
      "SLUICE_OBJECT_CORRUPT",
      "target",
      "The bytes that came from the bucket are not those of their checksum.",
      "Run again; if it stays, the object was damaged: delete it, and deploy from the build again.",
      { where, cause },
    ),
};

/** The account is not the one that the configuration names. Nothing was written. */
export function wrongAccount(
  environment: string,
  expected: string,
  actual: string,
  arn: string,
): SluiceError {
  return make(
    "SLUICE_WRONG_ACCOUNT",
    "refusal",
    `Environment ${JSON.stringify(environment)} is account ${expected}, but the credentials are of account ${actual} (${arn}).`,
    `Use credentials of account ${expected}, or correct \`account\`.`,
    { where: `environments.${environment}.account` },
  );
}

import { isSluiceError, type ProblemKind, type Redactor, type SluiceError } from "@sluice/core";
import { answers } from "./answers.ts";
import { classifyAwsError } from "./classify.ts";
import { type AwsDetail, access, storage } from "./errors.ts";
import { hintOf, SPECIAL } from "./hints.ts";
import { allowance } from "./permissions.ts";
import { transportCode, wasHeard } from "./transport.ts";

/** Where an error came up. */
export interface AwsPlace {
  /** As `UpdateFunctionCode`. */
  readonly operation: string;
  /** Function name, bucket and key. */
  readonly target?: string;
  readonly region?: string;
  /** Twelve digits, for the ARN of the missing permission. */
  readonly account?: string | null;
  /**
   * Whether something may have been written already in this run. Then missing or expired credentials and an
   * unreachable endpoint are a failed target (exit code 4), else a usage error: nothing was attempted (exit code 2).
   */
  readonly attempted?: boolean;
}

/** What this package knows about a call that failed, kept beside the error that AWS's SDK threw. */
export interface CallNote {
  readonly endpoint: string;
  /** Name of the proxy that the request went through. */
  readonly proxy?: string | null;
  readonly redact: Redactor;
}

const notes = new WeakMap<object, CallNote>();

/** Remembers about `error` what {@link awsProblem} will want to say. */
export function note(error: unknown, call: CallNote): void {
  if (typeof error === "object" && error !== null) notes.set(error, call);
}

function noteOf(error: unknown): Partial<CallNote> {
  return (typeof error === "object" && error !== null && notes.get(error)) || {};
}

interface AwsErrorShape {
  readonly name?: string;
  readonly message?: string;
  readonly Bucket?: string;
  readonly $metadata?: { readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Name, message and request id of an error, redacted. */
export function quoteOf(error: unknown): string {
  const { name, message, $metadata } = (
    typeof error === "object" && error !== null ? error : {}
  ) as AwsErrorShape;
  const code = transportCode(error);
  const label =
    name === undefined || name === "Error" || name === "AggregateError" ? (code ?? "Error") : name;
  const text = `${label}: ${message || code || String(error)}`.replace(/[.\s]+$/, "");
  const id = $metadata?.requestId;
  const quote = id === undefined ? `${text}.` : `${text} (request ${id}).`;
  const { redact } = noteOf(error);
  return redact === undefined ? quote : redact(quote);
}

function hintIn(error: unknown): string | undefined {
  const { name, message = "" } = (typeof error === "object" && error !== null ? error : {}) as AwsErrorShape;
  const hint = hintOf(name, message);
  const { redact } = noteOf(error);
  return hint === undefined || redact === undefined ? hint : redact(hint);
}

function detailOf(error: unknown, place: AwsPlace, kind?: ProblemKind): AwsDetail {
  const of = place.target === undefined ? "" : ` of ${place.target}`;
  const at = place.region === undefined ? "" : ` in ${place.region}`;
  const where =
    place.target === undefined ? undefined : `${place.target}${place.region ? ` (${place.region})` : ""}`;
  return {
    what: `${place.operation}${of}${at}`,
    quote: quoteOf(error),
    where,
    cause: error,
    hint: hintIn(error),
    ...(kind === undefined ? {} : { kind }),
  };
}

const EXPIRED = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "ExpiredTokenError",
  "TokenRefreshRequired",
]);
const SKEWED = new Set(["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"]);

/** Milliseconds that a signature may be off: https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html */
const SKEW = 300_000;

/** Lambda calls a late signature invalid, as it does a wrong one: the answer's own date tells which it is. */
function isSkewed(shape: AwsErrorShape): boolean {
  return SKEWED.has(shape.name ?? "") || Math.abs(aheadMs(shape)) > SKEW;
}

/** Milliseconds that AWS's clock is ahead of this machine's, by the answer's own date; NaN without one. */
function aheadMs({ $response }: AwsErrorShape): number {
  return Date.parse($response?.headers?.["date"] ?? "") - Date.now();
}

function notAccepted(shape: AwsErrorShape, detail: AwsDetail): SluiceError {
  if (EXPIRED.has(shape.name ?? "")) return access.credentialsExpired(detail);
  return isSkewed(shape) ? access.clockSkewed(detail, aheadMs(shape)) : access.credentialsInvalid(detail);
}

/** The bucket itself is missing, or elsewhere. */
function bucketProblem(error: AwsErrorShape, place: AwsPlace, detail: AwsDetail): SluiceError | null {
  const bucket = error.Bucket ?? place.target?.split("/")[0] ?? "";
  const headers = error.$response?.headers ?? {};
  const region = place.region ?? "the configured region";
  if (error.name === "NoSuchBucket") return storage.bucketAbsent(bucket, detail);
  const elsewhere =
    error.name === "PermanentRedirect" ||
    error.name === "AuthorizationHeaderMalformed" ||
    error.name === "301";
  const actual = headers["x-amz-bucket-region"] ?? null;
  if (elsewhere || (actual !== null && place.region !== undefined && actual !== place.region)) {
    return storage.bucketRegion(bucket, region, actual, detail);
  }
  return null;
}

/** Node's codes of a certificate that it does not trust, or that is another host's. */
const isCertificate = (code: string): boolean => /CERT|UNABLE_TO|ERR_TLS/.test(code);

/** What to do about a proxy, by what went wrong on the way through it. */
function proxyHint(error: unknown): string {
  const code = transportCode(error) ?? "";
  if (code === "ERR_PROXY_AUTHENTICATION")
    return "The proxy wants a user and a password, or others than these: they stand in its URL before the host, as user:password and an @, percent-encoded.";
  if (code === "ERR_PROXY_REFUSED")
    return "The proxy does not let this through: have the endpoint allowed there, or write it in NO_PROXY.";
  if (isCertificate(code))
    return "Set NODE_EXTRA_CA_CERTS to a file with the proxy's certificate authority, before Node.js starts.";
  return "Check the proxy's address and that it runs; what needs no proxy goes to NO_PROXY.";
}

/**
 * Makes an error of AWS, or of the way there, into one for people: a stable code per class, AWS's error name and request
 * id, and what to do next. An error of Sluice is returned as it is.
 */
export function awsProblem(error: unknown, place: AwsPlace): SluiceError {
  if (isSluiceError(error)) return error;
  const shape = (typeof error === "object" && error !== null ? error : {}) as AwsErrorShape;
  const detail = detailOf(error, place);
  const bucket = bucketProblem(shape, place, detail);
  if (bucket !== null) return bucket;
  const early: AwsDetail = place.attempted === true ? { ...detail, kind: "target" } : detail;
  const { endpoint = "AWS", proxy = null } = noteOf(error);
  const special = SPECIAL.get(shape.name ?? "");
  if (special !== undefined) return answers[special](detail);
  switch (classifyAwsError(error)) {
    case "absent":
      return place.operation === "FilterLogEvents" ? answers.noLogs(detail) : answers.absent(detail);
    case "denied": {
      const { action, resource } = allowance(place);
      return answers.denied(detail, action, resource);
    }
    case "throttled":
      return answers.throttled(detail);
    case "conflict":
      return answers.conflict(detail);
    case "precondition":
      return answers.precondition(detail);
    case "too-large":
      return answers.tooLarge(detail);
    case "invalid":
      return answers.invalid(detail);
    case "service":
      return answers.service(detail);
    case "expired":
      return notAccepted(shape, early);
    case "no-credentials":
      return access.credentialsFailed("the credential chain", detail.quote, error);
    case "unreachable":
      if (wasHeard(error)) return access.noAnswer(detail, endpoint);
      if (proxy === null && isCertificate(transportCode(error) ?? ""))
        return access.untrusted(early, endpoint);
      return proxy === null
        ? access.unreachable(early, endpoint)
        : access.proxyFailed(early, endpoint, proxy, proxyHint(error));
    case "unknown":
      return answers.unknown(detail);
  }
}

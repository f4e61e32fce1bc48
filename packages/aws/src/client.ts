import { isSluiceError, type RunContext, sluiceError } from "@sluice/core";
import type { AwsCredentialIdentityProvider, Command, MetadataBearer, RetryStrategyV2 } from "@smithy/types";
import type { Agents } from "./agents.ts";
import { addAttempt, type CallCounter } from "./attempt.ts";
import { classifyAwsError } from "./classify.ts";
import { endpointUrl, type Service } from "./endpoint.ts";
import { note } from "./problem.ts";
import { proxyName } from "./proxy.ts";
import type { Quotas } from "./quotas.ts";
import { createRetryStrategy, MAX_ATTEMPTS } from "./retry.ts";

/** Milliseconds to connect. */
const CONNECTION_TIMEOUT = 5_000;
/** Milliseconds for a request and its answer, beside the time that its body takes. */
const REQUEST_TIMEOUT = 60_000;
/** Bytes per millisecond of the slowest upload that is waited for: one megabit per second. */
const SLOWEST_UPLOAD = 125;

/** Milliseconds that a request with a body of `bytes` may take. */
export function requestTimeout(bytes: number): number {
  return REQUEST_TIMEOUT + Math.ceil(bytes / SLOWEST_UPLOAD);
}

/** Configuration that the clients of all services share. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly maxAttempts: number;
  readonly retryStrategy: RetryStrategyV2;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly httpAgent: Agents["httpAgent"];
    readonly httpsAgent: Agents["httpsAgent"];
  };
}

/**
 * Makes the configuration of a client from the run's environment.
 *
 * What the SDK reads from `process.env` and the shared files by itself: `AWS_USE_FIPS_ENDPOINT`,
 * `AWS_USE_DUALSTACK_ENDPOINT`, `AWS_SDK_UA_APP_ID`, `AWS_AUTH_SCHEME_PREFERENCE`, `endpoint_url` of a profile, S3's
 * checksum switches, and the certificates of `NODE_EXTRA_CA_CERTS`, which Node.js reads.
 */
export function clientConfig(
  context: RunContext,
  service: Service,
  scope: { readonly region: string; readonly profile: string | null },
  credentials: AwsCredentialIdentityProvider,
  agents: Agents,
): ClientConfig {
  const endpoint = endpointUrl(context.env, service);
  return {
    region: scope.region,
    credentials,
    maxAttempts: MAX_ATTEMPTS,
    retryStrategy: createRetryStrategy(context),
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
      ...agents,
    },
    ...(endpoint === null ? {} : { endpoint }),
    ...(scope.profile === null ? {} : { profile: scope.profile }),
  };
}

/** A client, as far as it is used. */
export interface Sender<CI extends object, CO extends MetadataBearer, Config> {
  send<I extends CI, O extends CO>(command: Command<CI, I, CO, O, Config>, options?: object): Promise<O>;
}

export interface Sending {
  readonly context: RunContext;
  /** Given, not read from the command's class, whose name a minifier changes. */
  readonly operation: string;
  readonly quotas: Quotas;
  readonly calls: CallCounter | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Cancelled while it waited for a retry: then that is why there was none. */
function wasCancelled(context: RunContext, error: unknown): boolean {
  return context.signal.aborted && ["throttled", "service", "unreachable"].includes(classifyAwsError(error));
}

/**
 * The reason of the cancellation, with what AWS or the way there answered as its cause. The limiter rejects with the reason
 * itself, which has none: so whoever must finish knows a call that was not made from one that failed.
 */
function cancelledAfter(reason: unknown, error: unknown): unknown {
  return isSluiceError(reason) ? sluiceError(reason.problems[0], error) : reason;
}

/** Sends a command: counted, within the quotas, and its error noted for `awsProblem`. */
export async function send<CI extends object, CO extends MetadataBearer, Config, I extends CI, O extends CO>(
  client: Sender<CI, CO, Config>,
  command: Command<CI, I, CO, O, Config>,
  sending: Sending,
): Promise<O> {
  const { context, operation, quotas, calls, timeout } = sending;
  let endpoint = "";
  const onSend = (url: string): void => {
    endpoint = url;
  };
  addAttempt(command.middlewareStack, {
    operation,
    calls,
    quotas,
    signal: context.signal,
    now: context.now,
    onSend,
  });
  try {
    return await client.send(command, { requestTimeout: timeout });
  } catch (error) {
    note(error, { endpoint, proxy: proxyName(context.env, endpoint), redact: context.redact });
    if (wasCancelled(context, error)) throw cancelledAfter(context.signal.reason, error);
    throw error;
  }
}

/**
 * Node's codes of requests that got no answer, TLS's too.
 * https://nodejs.org/api/errors.html#common-system-errors, https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const TRANSPORT =
  /^(E(CONNREFUSED|CONNRESET|CONNABORTED|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|HOSTDOWN|NETDOWN|PROTO|ADDRNOTAVAIL|NOTFOUND)|EAI_AGAIN|ERR_(TLS|SSL|PROXY)_\w+|HPE_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

/** Those of a connection that was there, then broke off. */
const BROKEN = /^(ECONNRESET|ECONNABORTED|EPIPE|HPE_\w+)$/;

/** The parts of an error that are looked at; all are optional, since anything may be thrown. */
interface ErrorShape {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

function shapeOf(error: unknown): ErrorShape {
  return typeof error === "object" && error !== null ? error : {};
}

/** Node's code of a request that got no answer (`ECONNREFUSED`), looked for in causes and aggregates too. */
export function transportCode(error: unknown, depth = 0): string | null {
  const { code, cause, errors } = shapeOf(error);
  if (typeof code === "string" && TRANSPORT.test(code)) return code;
  if (depth > 4) return null;
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])].filter((one) => one !== undefined);
  for (const one of inner) {
    const found = transportCode(one, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Whether the SDK's own clock ended the request: no connection (no code), or no answer (`ETIMEDOUT`) in time. */
export function isTimeout(error: unknown): boolean {
  const { name, code, syscall } = shapeOf(error);
  return name === "TimeoutError" && (code === undefined || (code === "ETIMEDOUT" && syscall === undefined));
}

/** Whether somebody was there, so that the request may have been carried out though no answer came. */
export function wasHeard(error: unknown): boolean {
  const code = transportCode(error);
  return code !== null && (BROKEN.test(code) || isTimeout(error));
}

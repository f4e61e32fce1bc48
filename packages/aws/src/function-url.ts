import type { RunContext } from "@sluice/core";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { Agents } from "./agents.ts";
import { endpointUrl } from "./endpoint.ts";
import { exchange } from "./http-exchange.ts";
import { note } from "./problem.ts";
import { proxyName } from "./proxy.ts";

/** A request to a function URL. */
export interface FunctionUrlRequest {
  readonly method: string;
  /** Path and query, from the URL's root. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** The URL's own, from GetFunctionUrlConfig: `AWS_IAM` is signed for, `NONE` is not. */
  readonly authType: string;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
}

export interface FunctionUrlAnswer {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What function URLs of a region are asked with. */
export interface FunctionUrlDoor {
  readonly context: RunContext;
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly agents: () => Promise<Agents>;
}

type Parts = Pick<FunctionUrlRequest, "method" | "headers" | "body"> & { readonly path: string };

/** Adds what IAM wants to see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html, for the service `lambda`. */
async function signed(door: FunctionUrlDoor, url: URL, parts: Parts): Promise<Parts> {
  const { buildQueryString, Hash, HttpRequest, SignatureV4 } = await import("./sdk/signature.ts");
  const { region, credentials } = door;
  const signer = new SignatureV4({
    credentials,
    region,
    service: "lambda",
    sha256: Hash.bind(null, "sha256"),
  });
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  const request = new HttpRequest({
    method: parts.method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { ...parts.headers },
    body: parts.body ?? undefined,
  });
  const { headers } = await signer.sign(request);
  const text = buildQueryString(query);
  return { ...parts, headers, path: text === "" ? url.pathname : `${url.pathname}?${text}` };
}

/**
 * Sends one HTTP request to a function URL, once: whoever asks knows whether it may be repeated. With an endpoint of one's own
 * (`AWS_ENDPOINT_URL`), the request goes there, with the URL's `Host`.
 *
 * @returns whatever status came
 * @throws errors of Node.js, for `awsProblem` with the operation `InvokeFunctionUrl`, and those of credentials
 */
export async function requestFunctionUrl(
  door: FunctionUrlDoor,
  functionUrl: string,
  request: FunctionUrlRequest,
): Promise<FunctionUrlAnswer> {
  const { context } = door;
  // Joined as text: a path of two slashes would be another host's URL, which then gets a signature.
  const url = new URL(new URL(functionUrl).origin + request.path.replace(/^(?!\/)/, "/"));
  const own = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = { ...Object.fromEntries(own), host: url.host };
  const parts: Parts = { ...request, headers, path: `${url.pathname}${url.search}` };
  const sent = request.authType === "AWS_IAM" ? await signed(door, url, parts) : parts;
  const base = new URL(endpointUrl(context.env, "lambda") ?? url.origin);
  const agents = await door.agents();
  try {
    return await exchange(base, { ...sent, timeoutMs: request.timeoutMs }, agents);
  } catch (error) {
    const proxy = proxyName(context.env, base.origin);
    note(error, { endpoint: base.origin, proxy, redact: context.redact });
    throw error;
  }
}

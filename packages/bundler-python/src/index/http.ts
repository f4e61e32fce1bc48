import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
} from "node:http";
import {
  Agent as SecureAgent,
  type RequestOptions as SecureOptions,
  request as secureRequest,
} from "node:https";
import { secureContextOf } from "./authorities.ts";
import { basicAuthorization, credentialsFor, splitUrl } from "./credentials.ts";
import type { Environment } from "./environment.ts";
import { createLookup } from "./lookup.ts";
import { proxyFor, proxyHeaders, proxyPlace, TunnelAgent } from "./proxy.ts";
import type { IndexSettings } from "./settings.ts";

/** An answer after all redirects, its body still to be read. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
  /** Where it came from in the end, without credentials. */
  readonly url: string;
  /** Whether credentials were sent there. */
  readonly hadCredentials: boolean;
}

export interface HttpClient {
  /** Rejects when there is no answer. Whoever gets one reads its body to the end or destroys it. */
  get(url: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** Closes the connections that are kept. */
  close(): void;
}

const REDIRECTS = 10;
const MOVED: readonly number[] = [301, 302, 303, 307, 308];

type Headers = Readonly<Record<string, string>>;

function isTrusted(url: URL, trustedHosts: readonly string[]): boolean {
  return trustedHosts.some((host) => host === url.hostname || host === url.host || host === "*");
}

/** Shared by all clients: functions that are built at once ask for the same names. */
const LOOKUP = createLookup();

/** Connections that are kept, with what each proxy needs. */
interface Agents {
  readonly plain: PlainAgent;
  readonly secure: SecureAgent;
  tunnel(proxy: URL): TunnelAgent;
  close(): void;
}

function createAgents(settings: IndexSettings, signal: AbortSignal): Agents {
  const plain = new PlainAgent({ keepAlive: true, lookup: LOOKUP });
  const secure = new SecureAgent({ keepAlive: true, lookup: LOOKUP });
  const tunnels = new Map<string, TunnelAgent>();
  const tunnel = (proxy: URL): TunnelAgent => {
    const isSecure = proxy.protocol === "https:";
    const secureContext = isSecure ? secureContextOf(settings.authorities) : undefined;
    const { idleMs } = settings;
    const agent = tunnels.get(proxy.href) ?? new TunnelAgent({ proxy, idleMs, secureContext, signal });
    tunnels.set(proxy.href, agent);
    return agent;
  };
  const close = (): void => {
    for (const agent of [plain, secure, ...tunnels.values()]) agent.destroy();
  };
  return { plain, secure, tunnel, close };
}

/**
 * A client for GET on Node.js's own sockets, which cost no loading and less time than undici's (70 MB in 0.34 s against 0.55 s). It
 * knows proxies, authorities and hosts that are trusted anyway, and follows redirects: each URL on the way is given the credentials of
 * its own host alone, and none once the way has left https.
 */
export function createHttpClient(settings: IndexSettings, env: Environment, signal: AbortSignal): HttpClient {
  const agents = createAgents(settings, signal);
  const { idleMs } = settings;

  const tlsOptions = (url: URL): SecureOptions => {
    const secureContext = secureContextOf(settings.authorities);
    const rejectUnauthorized = !isTrusted(url, settings.trustedHosts);
    return { rejectUnauthorized, ...(secureContext === undefined ? {} : { secureContext }) };
  };

  /** Makes the request, not yet sent. */
  const open = (url: URL, headers: Headers): ClientRequest => {
    const proxy = proxyFor(url, env, settings.proxy);
    const options = { method: "GET", timeout: idleMs, signal, headers };
    if (url.protocol === "https:") {
      const agent = proxy === null ? agents.secure : agents.tunnel(proxy);
      return secureRequest(url, { ...options, ...tlsOptions(url), agent });
    }
    if (proxy === null) return plainRequest(url, { ...options, agent: agents.plain });
    const through = {
      ...options,
      ...proxyPlace(proxy),
      path: url.href,
      headers: { ...headers, host: url.host, ...proxyHeaders(proxy) },
    };
    return proxy.protocol === "https:"
      ? secureRequest({ ...through, ...tlsOptions(proxy), agent: agents.secure })
      : plainRequest({ ...through, agent: agents.plain });
  };

  const once = (url: URL, headers: Headers): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = open(url, headers);
      let answer: IncomingMessage | null = null;
      request.on("timeout", () => (answer ?? request).destroy(new Error(`silent for ${idleMs} ms`)));
      request.on("response", (message: IncomingMessage) => {
        answer = message;
        resolve(message);
      });
      request.on("error", reject);
      request.end();
    });

  const get = async (address: string, headers: Headers): Promise<Answer> => {
    let next = address;
    let leftHttps = false;
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const found = leftHttps ? null : credentialsFor(settings, next);
      const { url } = splitUrl(next);
      const authorization: Headers = found === null ? {} : { authorization: basicAuthorization(found) };
      const body = await once(new URL(url), { "accept-encoding": "identity", ...headers, ...authorization });
      const status = body.statusCode ?? 0;
      const { location } = body.headers;
      if (!MOVED.includes(status) || location === undefined || !URL.canParse(location, url))
        return { status, headers: body.headers, body, url, hadCredentials: found !== null };
      body.resume();
      const target = new URL(location, url);
      if (!/^https?:$/.test(target.protocol)) throw new Error(`it leads to a ${target.protocol} URL`);
      leftHttps ||= url.startsWith("https:") && target.protocol === "http:";
      next = target.href;
    }
    throw new Error(`it leads on more than ${REDIRECTS} times`);
  };

  return { get, close: agents.close };
}

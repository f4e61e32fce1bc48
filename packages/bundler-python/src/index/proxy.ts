import { type RequestOptions as PlainOptions, request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type SecureContext } from "node:tls";
import { type Environment, firstOf } from "./environment.ts";

/** Whether an entry of NO_PROXY, as `acme.dev`, `.acme.dev`, `*.acme.dev`, `host:8080` or `*`, covers the URL. */
function covers(entry: string, url: URL): boolean {
  if (entry === "*") return true;
  const [, name = "", port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  const own = url.port || (url.protocol === "https:" ? "443" : "80");
  if (port !== undefined && port !== own) return false;
  const host = url.hostname.toLowerCase();
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

/**
 * The proxy that a URL is asked through, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in either case; `null`: none.
 *
 * @param configured - one that pip is configured with, for all URLs
 */
export function proxyFor(url: URL, env: Environment, configured: string | null): URL | null {
  const scheme = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const given = configured ?? firstOf(env, scheme, scheme.toUpperCase(), "all_proxy", "ALL_PROXY");
  if (given === null) return null;
  const exempt = (firstOf(env, "no_proxy", "NO_PROXY") ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  if (exempt.some((entry) => covers(entry, url))) return null;
  const proxy = given.includes("://") ? given : `http://${given}`;
  return URL.canParse(proxy) ? new URL(proxy) : null;
}

/** The header that tells a proxy who asks. */
export function proxyHeaders(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === "") return {};
  const both = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(both).toString("base64")}` };
}

/** Where a proxy listens, as a request wants it. */
export function proxyPlace(proxy: URL): PlainOptions {
  const isSecure = proxy.protocol === "https:";
  return {
    protocol: isSecure ? "https:" : "http:",
    hostname: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port || (isSecure ? 443 : 80),
  };
}

/** What a proxy is reached with. */
export interface TunnelOptions {
  readonly proxy: URL;
  /** How long the proxy may be silent, in ms. */
  readonly idleMs: number;
  /** What is trusted of a proxy that speaks TLS; `undefined`: Node.js's own authorities. */
  readonly secureContext: SecureContext | undefined;
  readonly signal: AbortSignal;
}

/** A socket to `target` (`host:port`) through the proxy, by CONNECT (RFC 9110, 9.3.6). */
function openTunnel(
  { proxy, idleMs, secureContext, signal }: TunnelOptions,
  target: string,
): Promise<Socket> {
  const request = proxy.protocol === "https:" ? secureRequest : plainRequest;
  const options = {
    ...proxyPlace(proxy),
    method: "CONNECT",
    path: target,
    headers: { host: target, ...proxyHeaders(proxy) },
    agent: false as const,
    timeout: idleMs,
    signal,
    ...(secureContext === undefined ? {} : { secureContext }),
  };
  return new Promise((resolve, reject) => {
    const refused = (status: number | undefined): void =>
      reject(new Error(`the proxy answered ${status} to CONNECT`));
    const asked = request(options);
    asked.on("connect", (response, socket: Socket) => {
      if (response.statusCode === 200) {
        socket.setTimeout(0);
        return resolve(socket);
      }
      socket.destroy();
      refused(response.statusCode);
    });
    asked.on("response", (response) => {
      response.destroy();
      refused(response.statusCode);
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer from the proxy within ${idleMs} ms`)));
    asked.on("error", reject);
    asked.end();
  });
}

/** Keeps TLS connections that go through a proxy's tunnel. */
export class TunnelAgent extends Agent {
  readonly #options: TunnelOptions;

  constructor(options: TunnelOptions) {
    super({ keepAlive: true });
    this.#options = options;
  }

  override createConnection(
    options: PlainOptions & ConnectionOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    openTunnel(this.#options, `${options.host}:${options.port}`).then(
      (socket) => callback?.(null, connect({ ...options, socket })),
      // Node.js takes an error without a stream (lib/_http_agent.js, "oncreate"); its types do not say so.
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
    return undefined;
  }
}

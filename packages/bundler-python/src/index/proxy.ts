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

/** A socket to `target` (`host:port`) through the proxy, by CONNECT. */
function openTunnel(
  proxy: URL,
  target: string,
  idleMs: number,
  secureContext: SecureContext | undefined,
): Promise<Socket> {
  const request = proxy.protocol === "https:" ? secureRequest : plainRequest;
  const options = {
    ...proxyPlace(proxy),
    method: "CONNECT",
    path: target,
    headers: { host: target, ...proxyHeaders(proxy) },
    agent: false as const,
    timeout: idleMs,
    ...(secureContext === undefined ? {} : { secureContext }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(options);
    asked.on("connect", (response, socket: Socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy answered ${response.statusCode} to CONNECT`));
    });
    asked.on("response", (response) => {
      response.destroy();
      reject(new Error(`the proxy answered ${response.statusCode} to CONNECT`));
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer from the proxy within ${idleMs} ms`)));
    asked.on("error", reject);
    asked.end();
  });
}

/** Keeps TLS connections that go through a proxy's tunnel. */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  readonly #idleMs: number;
  readonly #secureContext: SecureContext | undefined;

  constructor(proxy: URL, idleMs: number, secureContext: SecureContext | undefined) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#idleMs = idleMs;
    this.#secureContext = secureContext;
  }

  override createConnection(
    options: PlainOptions & ConnectionOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const target = `${options.host}:${options.port}`;
    openTunnel(this.#proxy, target, this.#idleMs, this.#secureContext).then(
      (socket) => callback?.(null, connect({ ...options, socket })),
      // Node.js takes an error without a stream (lib/_http_agent.js, "oncreate"); its types do not say so.
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
    return undefined;
  }
}

import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import type { AgentOptions, Agents } from "./agents.ts";
import { proxyFor } from "./proxy.ts";

type Env = Readonly<Record<string, string | undefined>>;
type Connected = (error: Error | null, socket?: Duplex) => void;
interface Peer {
  readonly host: string;
  readonly port: number | string;
}
interface Connector {
  createConnection(options: object, callback: Connected): Duplex | null | undefined;
}

/** Milliseconds for the proxy to make its connection. */
const TIMEOUT = 5_000;

/** Gives the proxy's refusals, which hpagent tells in the message alone, a code of their own. */
function coded(error: Error): Error {
  const [, status] = /^Bad response: (\d+)$/.exec(error.message) ?? [];
  if (status === undefined) return error;
  error.message = `the proxy answered ${status}`;
  return Object.assign(error, { code: status === "407" ? "ERR_PROXY_AUTHENTICATION" : "ERR_PROXY_REFUSED" });
}

/** Connects directly, or through the proxy that the environment names for this peer. */
function connect(
  protocol: "http" | "https",
  env: Env,
  direct: Connector,
  through: (proxy: URL) => Connector,
  peer: Peer,
  callback: Connected,
): Duplex | null | undefined {
  const host = peer.host.includes(":") ? `[${peer.host}]` : peer.host;
  const proxy = proxyFor(env, `${protocol}://${host}:${peer.port}`);
  if (proxy === null) return direct.createConnection(peer, callback);
  const connected: Connected = (error, socket) => callback(error === null ? null : coded(error), socket);
  // Its `timeout` is the proxy's; the request's own is counted from when there is a connection.
  return through(proxy.url).createConnection({ ...peer, host, timeout: TIMEOUT }, connected);
}

/**
 * Agents that look for each connection whether it goes through a proxy, since one client may have several endpoints (a bucket is a
 * host name of its own). Both protocols go through a tunnel (CONNECT), so that the proxy sees no signature.
 */
export function createProxyAgents(env: Env, options: AgentOptions): Agents {
  const tunnels = new Map<string, Connector>();
  const tunnel = (Kind: typeof HttpProxyAgent | typeof HttpsProxyAgent) => (proxy: URL) => {
    const key = `${Kind.name} ${proxy.href}`;
    const found = tunnels.get(key) ?? (new Kind({ ...options, proxy }) as unknown as Connector);
    tunnels.set(key, found);
    return found;
  };
  class PlainAgent extends HttpAgent {
    readonly #direct = new HttpAgent(options) as unknown as Connector;
    override createConnection(peer: object, callback: Connected): never {
      return connect("http", env, this.#direct, tunnel(HttpProxyAgent), peer as Peer, callback) as never;
    }
  }
  class SecureAgent extends HttpsAgent {
    readonly #direct = new HttpsAgent(options) as unknown as Connector;
    override createConnection(peer: object, callback: Connected): never {
      return connect("https", env, this.#direct, tunnel(HttpsProxyAgent), peer as Peer, callback) as never;
    }
  }
  return { httpAgent: new PlainAgent(options), httpsAgent: new SecureAgent(options) };
}

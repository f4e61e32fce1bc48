import { access } from "./errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy that requests to an endpoint go through. */
export interface Proxy {
  /** With user and password, where it has them. */
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
}

type Protocol = "https" | "http";

/** Whether percent signs in user and password are those of an encoding, so that they can be sent. */
function isEncoded(text: string): boolean {
  return !/%(?![\da-f]{2})/i.test(text);
}

/** The proxy that the environment names for a protocol: small letters first, as everywhere. */
function proxyOf(env: Env, protocol: Protocol): Proxy | null {
  const lower = `${protocol}_proxy`;
  const variable = env[lower] ? lower : lower.toUpperCase();
  const value = env[variable];
  if (!value) return null;
  const text = value.includes("://") ? value : `http://${value}`;
  if (!URL.canParse(text)) throw access.proxyInvalid(variable);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || !isEncoded(url.username + url.password)) {
    throw access.proxyInvalid(variable);
  }
  return { url, variable };
}

/**
 * Whether the environment names any proxy: then one has to be looked for at each endpoint.
 *
 * @throws `SLUICE_PROXY_INVALID` when it names something else
 */
export function hasProxy(env: Env): boolean {
  const found = [proxyOf(env, "https"), proxyOf(env, "http")];
  return found.some((proxy) => proxy !== null);
}

/** Loopback, by name or address: what runs on this machine is not asked for through another. */
function isLoopback(host: string): boolean {
  return (
    host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** One entry of NO_PROXY as curl and most tools read it: `*`, a host, a domain with or without `.` or `*.`, an address, a network. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  // Not imported: it would be loaded by every start, for the few who have a proxy.
  const { BlockList, isIP } = process.getBuiltinModule("node:net");
  const [network = "", bits] = entry.split("/");
  if (/^\d+$/.test(bits ?? "") && isIP(network) !== 0 && isIP(network) === isIP(host)) {
    const type = isIP(host) === 4 ? "ipv4" : "ipv6";
    const list = new BlockList();
    list.addSubnet(network, Math.min(Number(bits), type === "ipv4" ? 32 : 128), type);
    return list.check(host, type);
  }
  // An address of IPv6 has colons that are no port's.
  const [, name = entry, entryPort] = isIP(entry) === 6 ? [] : (/^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? []);
  if (entryPort !== undefined && entryPort !== port) return false;
  const domain = name.replace(/^\*?\./, "");
  return domain !== "" && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
}

/**
 * The proxy for requests to an endpoint, by `HTTPS_PROXY` or `HTTP_PROXY` and `NO_PROXY`, or `null`. Loopback is never asked for
 * through a proxy.
 *
 * @param endpoint - as `https://lambda.eu-west-1.amazonaws.com`
 * @throws `SLUICE_PROXY_INVALID` when it is not the URL of an HTTP proxy
 */
export function proxyFor(env: Env, endpoint: string): Proxy | null {
  const { protocol, hostname, port: given } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = given || (protocol === "https:" ? "443" : "80");
  const proxy = proxyOf(env, protocol === "https:" ? "https" : "http");
  if (proxy === null || isLoopback(host)) return null;
  const except = (env["no_proxy"] || env["NO_PROXY"] || "").toLowerCase().split(/[\s,]+/);
  return except.some((entry) => entry !== "" && matches(entry, host, port)) ? null : proxy;
}

/** How the proxy for an endpoint is called in messages, without user and password; `null` when there is none. */
export function proxyName(env: Env, endpoint: string): string | null {
  if (!URL.canParse(endpoint)) return null;
  const proxy = proxyFor(env, endpoint);
  return proxy === null ? null : `${proxy.url.protocol}//${proxy.url.host} (${proxy.variable})`;
}

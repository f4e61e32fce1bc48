import type { NetrcEntry } from "./netrc.ts";

/** Who may read what stands at and below a URL. */
export interface Credentials {
  /** Scheme, host and port. */
  readonly origin: string;
  /** As `/simple/`. */
  readonly path: string;
  readonly username: string;
  readonly password: string;
}

/** A URL and the credentials that stood in it. */
export interface SplitUrl {
  readonly url: string;
  readonly credentials: Credentials | null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Takes user and password out of a URL; what is no URL stays as it is. */
export function splitUrl(text: string): SplitUrl {
  if (!URL.canParse(text)) return { url: text, credentials: null };
  const url = new URL(text);
  const username = decoded(url.username);
  const password = decoded(url.password);
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url: text, credentials: null };
  const credentials = { origin: url.origin, path: url.pathname, username, password };
  return { url: url.href, credentials };
}

/** How many segments of two paths agree from their start. */
function commonSegments(one: string, other: string): number {
  const theirs = other.split("/");
  const end = one.split("/").findIndex((segment, index) => segment !== theirs[index]);
  return end === -1 ? one.split("/").length : end;
}

/** What is known of credentials, the strongest first. */
export interface KnownCredentials {
  readonly credentials: readonly Credentials[];
  readonly netrc: readonly NetrcEntry[];
}

function fromNetrc(netrc: readonly NetrcEntry[], host: string, login: string): NetrcEntry | null {
  const fits = (entry: NetrcEntry): boolean => login === "" || entry.login === login;
  const own = netrc.find((entry) => entry.machine?.toLowerCase() === host && fits(entry));
  return own ?? netrc.find((entry) => entry.machine === null && fits(entry)) ?? null;
}

/**
 * The credentials that a URL is asked for with, sent along from the start, as pip and uv do: its own; of the indexes on the same
 * origin, those whose path agrees longest, since files often stand beside the index (`/simple/`, `/files/`); the host's of the
 * netrc. A user without a password is looked up there too.
 */
export function credentialsFor(known: KnownCredentials, address: string): Credentials | null {
  const { url: bare, credentials: own } = splitUrl(address);
  const url = new URL(bare);
  const [nearest] = known.credentials
    .filter(({ origin }) => origin === url.origin)
    .map((one) => ({ one, common: commonSegments(one.path, url.pathname) }))
    .sort((a, b) => b.common - a.common);
  const given = own ?? nearest?.one ?? null;
  if (given !== null && given.password !== "") return given;
  const entry = fromNetrc(known.netrc, url.hostname.toLowerCase(), given?.username ?? "");
  if (entry === null) return given;
  return { origin: url.origin, path: "/", username: entry.login, password: entry.password };
}

/** The value of an Authorization header (RFC 7617). */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/**
 * Every value that must never be shown: passwords, users that are tokens by themselves, and both as a header and a URL have them.
 */
export function secretsIn({ credentials, netrc }: KnownCredentials): readonly string[] {
  const entries = netrc.map(({ login, password }) => ({ username: login, password }));
  const secrets = [...credentials, ...entries].flatMap(({ username, password }) => {
    const header = Buffer.from(`${username}:${password}`).toString("base64");
    const secret = password === "" ? username : password;
    return [secret, encodeURIComponent(secret), header];
  });
  return [...new Set(secrets)].filter((secret) => secret !== "");
}

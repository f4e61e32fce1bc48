import { settingsInvalid } from "./errors.ts";
import type { NpmSettings } from "./npmrc.ts";
import type { RegistrySettings } from "./settings.ts";
import { asFolder } from "./url.ts";

const NPMJS = "https://registry.npmjs.org/";
/** The public registry's names: lockfiles made with it hold them, whatever registry is configured now. */
const PUBLIC_HOSTS = ["registry.npmjs.org", "registry.yarnpkg.com"];

/** The registry of a package, with a slash at its end: its scope's, else the one for all. */
export function registryOf(settings: RegistrySettings, name: string): string {
  const scope = name.startsWith("@") ? name.split("/")[0] : undefined;
  const own = scope === undefined ? undefined : settings.npm[`${scope}:registry`];
  const url = own ?? settings.npm["registry"] ?? NPMJS;
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ""))
    throw settingsInvalid(settings.root, `the registry of ${scope ?? "npm"} is not a URL`);
  return asFolder(url);
}

/**
 * Where the configured registry has a tarball that a lockfile or packument places elsewhere: npm's `replace-registry-host`,
 * by default for what stands on the public registry.
 */
export function resolvedUrl(settings: RegistrySettings, registry: string, tarball: string): string {
  if (!URL.canParse(tarball, registry)) return tarball;
  const rule = settings.npm["replace-registry-host"] ?? "npmjs";
  const url = new URL(tarball, registry);
  const replaced =
    rule === "always" ||
    rule === url.hostname ||
    ((rule === "npmjs" || rule === PUBLIC_HOSTS[0]) && PUBLIC_HOSTS.includes(url.hostname));
  if (!replaced || new URL(registry).host === url.host) return url.href;
  return new URL(url.pathname.slice(1) + url.search, registry).href;
}

/** Where registries keep a tarball unless their packument says otherwise; pnpm leaves this one out of its lockfile. */
export function conventionalUrl(registry: string, name: string, version: string): string {
  return `${registry}${name}/-/${name.split("/").at(-1)}-${version.replace(/\+.*$/, "")}.tgz`;
}

export function packumentUrl(registry: string, name: string): string {
  return registry + name.replace("/", "%2f");
}

/** The credentials that stand at exactly this place, `//host/path/`. */
function credentialsAt(npm: NpmSettings, place: string): string | null {
  const token = npm[`${place}:_authToken`];
  const basic = npm[`${place}:_auth`];
  const username = npm[`${place}:username`];
  const password = npm[`${place}:_password`];
  if (token !== undefined) return `Bearer ${token}`;
  if (basic !== undefined) return `Basic ${basic}`;
  if (username === undefined || password === undefined) return null;
  // The password stands there in base64.
  const both = `${username}:${Buffer.from(password, "base64").toString()}`;
  return `Basic ${Buffer.from(both).toString("base64")}`;
}

function credentialsFor(settings: RegistrySettings, address: string): string | null {
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") {
    const both = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return `Basic ${Buffer.from(both).toString("base64")}`;
  }
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  for (let count = segments.length; count >= 0; count--) {
    const path = segments.slice(0, count).join("/");
    const bare = `//${url.host}/${path}`;
    const found = credentialsAt(settings.npm, asFolder(bare)) ?? credentialsAt(settings.npm, bare);
    if (found !== null) return found;
  }
  return null;
}

/**
 * The value of the Authorization header for a URL: of the nearest place at or above it, as npm looks it up; on the registry's own host,
 * the registry's. `null`: none, or one that refers to a variable which is not set.
 */
export function authorizationFor(settings: RegistrySettings, registry: string, url: string): string | null {
  const isSameHost = new URL(url).host === new URL(registry).host;
  const found = credentialsFor(settings, url) ?? (isSameHost ? credentialsFor(settings, registry) : null);
  return found === null || /\$\{/.test(found) ? null : found;
}

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Credentials,
  type KnownCredentials,
  type SplitUrl,
  secretsIn,
  splitUrl,
} from "./credentials.ts";
import { type Environment, firstOf, isOn, listOf } from "./environment.ts";
import { settingsInvalid } from "./errors.ts";
import { readNetrc } from "./netrc.ts";
import { type PipSettings, readPipSettings } from "./pip-settings.ts";
import { readUvSettings, type UvSettings } from "./uv-settings.ts";

const PYPI = "https://pypi.org/simple/";

/** A package index, to be asked by the Simple API. */
export interface PackageIndex {
  readonly name: string | null;
  /** Without credentials; a folder's is a `file:` URL. */
  readonly url: string;
  /** The one that is asked last, since it has everything. */
  readonly isDefault: boolean;
  /** Only for packages that `[tool.uv.sources]` pins to it. */
  readonly isExplicit: boolean;
}

/** What the files of requirements say of indexes. */
export interface DeclaredIndexes {
  /** Best first; may hold credentials. */
  readonly indexes?: readonly string[];
  /** Whether they are instead of the default index, as `--index-url` has it, or besides. */
  readonly replaceDefault?: boolean;
  /** URLs or absolute paths. */
  readonly findLinks?: readonly string[];
  readonly noIndex?: boolean;
  readonly trustedHosts?: readonly string[];
}

export interface IndexSettings extends KnownCredentials {
  /** In the order in which they are asked; none with `noIndex`. */
  readonly indexes: readonly PackageIndex[];
  readonly noIndex: boolean;
  /** Absolute paths of folders that exist, and URLs of pages, without credentials. */
  readonly findLinks: readonly string[];
  /** As `host` or `host:port`: their certificates are not checked. */
  readonly trustedHosts: readonly string[];
  /** Absolute paths of PEM files, or of a folder with them; none: Node.js's own. */
  readonly authorities: readonly string[];
  /** `null`: what `HTTPS_PROXY` and the like say. May hold credentials. */
  readonly proxy: string | null;
  /** How long a server may be silent, in ms. */
  readonly idleMs: number;
  /** Values that must never be shown, in plain and encoded forms. */
  readonly secrets: readonly string[];
}

export interface SettingsRequest {
  readonly env: Environment;
  /** Absolute path of the folder that the resolver runs in. */
  readonly folder: string;
  /** Absolute path of the folder at which looking for `uv.toml` and `pyproject.toml` ends. */
  readonly root: string;
  readonly declared?: DeclaredIndexes;
  /** Absolute path of the folder with the settings of the machine. Default `/etc`. */
  readonly etc?: string;
}

interface RawIndex {
  readonly name: string | null;
  readonly url: string;
  readonly isExplicit: boolean;
}

/** All but the default are asked before it. The first default wins: uv's own, that of the files, pip's, PyPI. */
function rawIndexes(
  uv: UvSettings,
  declared: DeclaredIndexes,
  pip: PipSettings,
): readonly { readonly raw: RawIndex; readonly isDefault: boolean }[] {
  const nameless = (url: string): RawIndex => ({ name: null, url, isExplicit: false });
  const others = [
    ...uv.indexes.filter(({ isDefault }) => !isDefault),
    ...(declared.indexes ?? []).map(nameless),
    ...listOf(pip["extra-index-url"]).map(nameless),
  ].map((raw) => ({ raw, isDefault: false }));
  const own = uv.indexes.find(({ isDefault }) => isDefault);
  if (own !== undefined) return [...others, { raw: own, isDefault: true }];
  if (declared.replaceDefault === true) return others;
  return [...others, { raw: nameless(pip["index-url"] ?? pip["pypi-url"] ?? PYPI), isDefault: true }];
}

/** `UV_INDEX_NAME_USERNAME` and `…_PASSWORD` (uv's docs, "Indexes"). */
function namedCredentials(raw: RawIndex, env: Environment): Credentials | null {
  if (raw.name === null || !URL.canParse(raw.url)) return null;
  const stem = `UV_INDEX_${raw.name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const username = env[`${stem}_USERNAME`] ?? "";
  const password = env[`${stem}_PASSWORD`] ?? "";
  const { origin, pathname: path } = new URL(raw.url);
  return username === "" && password === "" ? null : { origin, path, username, password };
}

function checkedIndex(raw: RawIndex, isDefault: boolean): PackageIndex {
  const { name, isExplicit } = raw;
  const given = URL.canParse(raw.url) ? splitUrl(raw.url).url : null;
  if (given === null || !/^(https?|file):/.test(given))
    throw settingsInvalid(name ?? "index", `the URL of ${name ?? "an index"} is no http, https or file URL`);
  return { name, url: given.endsWith("/") ? given : `${given}/`, isDefault, isExplicit };
}

/** A folder that does not exist is none, as pip has it. */
function placedLinks(value: string, base: string): SplitUrl | null {
  if (/^https?:/.test(value)) return splitUrl(value);
  const path = value.startsWith("file:") ? fileURLToPath(value) : resolve(base, value);
  return existsSync(path) ? { url: path, credentials: null } : null;
}

/** Node.js has the file of NODE_EXTRA_CA_CERTS already, beside its own. */
function authoritiesOf(env: Environment, pip: PipSettings, folder: string): readonly string[] {
  const given = [env["SSL_CERT_FILE"], pip["cert"], env["REQUESTS_CA_BUNDLE"], env["CURL_CA_BUNDLE"]];
  const files = given.filter((path) => path !== undefined && path !== "");
  const all = files.length > 0 ? files : listOf(env["SSL_CERT_DIR"], /:(?!\\)/);
  const paths = [...new Set(all.map((path) => resolve(folder, path ?? "")))];
  const isKnown = paths.every((path) => path === env["NODE_EXTRA_CA_CERTS"]);
  return isKnown ? [] : paths;
}

function seconds(text: string | null | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  return 1000 * (Number.isFinite(value) && value > 0 ? value : fallback);
}

/**
 * Where packages come from, by what pip and uv are configured with: `UV_…`, `uv.toml`, `[tool.uv]`, the files of requirements,
 * `PIP_…`, `pip.conf`; with the credentials in them and in the netrc.
 *
 * @throws SLUICE_PYTHON_INDEX_SETTINGS
 */
export function readIndexSettings({ env, folder, root, declared = {}, etc }: SettingsRequest): IndexSettings {
  const uv = readUvSettings(env, folder, root, etc);
  const pip = readPipSettings(env, etc);
  const all = rawIndexes(uv, declared, pip);
  const noIndex = uv.noIndex || declared.noIndex === true || isOn(pip["no-index"]);
  const links = [
    ...uv.findLinks.map(({ value, base }) => placedLinks(value, base)),
    ...[...(declared.findLinks ?? []), ...listOf(pip["find-links"])].map((one) => placedLinks(one, folder)),
  ].filter((one) => one !== null);
  const named = all.map(({ raw }) => namedCredentials(raw, env));
  const inUrls = [...all.map(({ raw }) => splitUrl(raw.url)), ...links].map(({ credentials }) => credentials);
  const known: KnownCredentials = {
    credentials: [...named, ...inUrls].filter((one) => one !== null),
    netrc: readNetrc(env),
  };
  const indexes = all.map(({ raw, isDefault }) => checkedIndex(raw, isDefault));
  const unique = indexes.filter(({ url }, at) => indexes.findIndex((one) => one.url === url) === at);
  return {
    ...known,
    indexes: noIndex ? [] : unique,
    noIndex,
    findLinks: [...new Set(links.map(({ url }) => url))],
    trustedHosts: [...uv.trustedHosts, ...(declared.trustedHosts ?? []), ...listOf(pip["trusted-host"])],
    authorities: authoritiesOf(env, pip, folder),
    proxy: pip["proxy"] ?? null,
    idleMs: seconds(firstOf(env, "UV_HTTP_TIMEOUT") ?? pip["timeout"] ?? pip["default-timeout"], 30),
    secrets: secretsIn(known),
  };
}

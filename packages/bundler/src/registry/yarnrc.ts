import { load } from "js-yaml";
import { isTable, type Table, tableOf } from "../lockfile/value.ts";
import { settingsInvalid } from "./errors.ts";
import { type Environment, expanded, type NpmSettings } from "./npmrc.ts";
import { asFolder } from "./url.ts";

const DEFAULT_REGISTRY = "https://registry.yarnpkg.com";

/** The settings that mean the same to npm. */
const SAME: Readonly<Record<string, string>> = {
  httpProxy: "proxy",
  httpsProxy: "https-proxy",
  httpsCaFilePath: "cafile",
  enableStrictSsl: "strict-ssl",
};

/** Credentials of one registry; `host` as `//npm.acme.dev/`. */
function credentials(host: string, table: Table): Record<string, string> {
  const { npmAuthToken: token, npmAuthIdent: ident } = table;
  const key = asFolder(host.replace(/^https?:/, ""));
  if (typeof token === "string") return { [`${key}:_authToken`]: token };
  if (typeof ident !== "string") return {};
  // `user:password`, or the same in base64.
  return { [`${key}:_auth`]: ident.includes(":") ? Buffer.from(ident).toString("base64") : ident };
}

function fromTable(table: Table): Record<string, string> {
  const settings: Record<string, string> = {};
  const server = table["npmRegistryServer"];
  if (typeof server === "string") settings["registry"] = server;
  Object.assign(settings, credentials(typeof server === "string" ? server : DEFAULT_REGISTRY, table));
  for (const [host, value] of Object.entries(tableOf(table["npmRegistries"])))
    Object.assign(settings, credentials(host, tableOf(value)));
  for (const [scope, value] of Object.entries(tableOf(table["npmScopes"]))) {
    const own = tableOf(value);
    const registry = own["npmRegistryServer"] ?? server ?? DEFAULT_REGISTRY;
    if (typeof registry !== "string") continue;
    settings[`@${scope}:registry`] = registry;
    Object.assign(settings, credentials(registry, own));
  }
  for (const [key, name] of Object.entries(SAME))
    if (table[key] !== undefined && table[key] !== null) settings[name] = String(table[key]);
  return settings;
}

/** Every text in it with its variables put in. */
function withVariables(value: unknown, env: Environment, unset: Set<string>): unknown {
  if (typeof value === "string") return expanded(value, env, unset);
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withVariables(item, env, unset)]),
  );
}

/** Reads a `.yarnrc.yml` (yarn's docs, "Settings") as npm would spell it. */
export function parseYarnrc(file: string, text: string, env: Environment, unset: Set<string>): NpmSettings {
  let document: unknown;
  try {
    document = load(text);
  } catch (error) {
    throw settingsInvalid(file, `${file} is not valid YAML`, error);
  }
  return fromTable(tableOf(withVariables(document, env, unset)));
}

/** `YARN_NPM_REGISTRY_SERVER` and `YARN_NPM_AUTH_TOKEN`, the two that CI sets. */
export function yarnSettingsOfEnvironment(env: Environment): NpmSettings {
  const { YARN_NPM_REGISTRY_SERVER: server, YARN_NPM_AUTH_TOKEN: token } = env;
  return fromTable({
    ...(server === undefined ? {} : { npmRegistryServer: server }),
    ...(token === undefined ? {} : { npmAuthToken: token }),
  });
}

import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "smol-toml";
import { type Environment, firstOf, homeOf, isOn, listOf, textAt } from "./environment.ts";
import { settingsInvalid } from "./errors.ts";

type Table = Readonly<Record<string, unknown>>;

/** An index as uv is given it; its URL may hold credentials. */
export interface UvIndex {
  readonly name: string | null;
  readonly url: string;
  readonly isDefault: boolean;
  /** Only for packages that `[tool.uv.sources]` pins to it. */
  readonly isExplicit: boolean;
}

export interface UvSettings {
  /** In uv's order. */
  readonly indexes: readonly UvIndex[];
  /** Relative ones start at `base`. */
  readonly findLinks: readonly { readonly value: string; readonly base: string }[];
  readonly noIndex: boolean;
  readonly trustedHosts: readonly string[];
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((item) => typeof item === "string");
}

function plain(url: string, isDefault: boolean): UvIndex {
  return { name: null, url, isDefault, isExplicit: false };
}

/** An index may be a folder, named by its path. */
function placed(url: string, base: string): string {
  return URL.canParse(url) ? url : pathToFileURL(resolve(base, url)).href;
}

/** One file's settings: uv's docs, "Settings". The names of before `[[index]]` count too, and those under `pip`. */
function fromTable(table: Table, base: string): UvSettings {
  const pip = isTable(table["pip"]) ? table["pip"] : {};
  const both = (key: string): string[] => [...texts(table[key]), ...texts(pip[key])];
  const listed = Array.isArray(table["index"]) ? table["index"].filter(isTable) : [];
  const isFlat = (one: Table): boolean => one["format"] === "flat";
  const indexes = listed
    .filter((one) => !isFlat(one))
    .flatMap((one): UvIndex[] => {
      const { name, url, default: isDefault, explicit } = one;
      if (typeof url !== "string") return [];
      return [
        {
          name: typeof name === "string" ? name : null,
          url: placed(url, base),
          isDefault: isDefault === true,
          isExplicit: explicit === true,
        },
      ];
    });
  return {
    indexes: [
      ...indexes,
      ...both("extra-index-url").map((url) => plain(placed(url, base), false)),
      ...both("index-url").map((url) => plain(placed(url, base), true)),
    ],
    findLinks: [...both("find-links"), ...listed.filter(isFlat).flatMap(({ url }) => texts(url))].map(
      (value) => ({ value, base }),
    ),
    noIndex: table["no-index"] === true || pip["no-index"] === true,
    trustedHosts: both("allow-insecure-host"),
  };
}

function tableAt(path: string): Table | null {
  const text = textAt(path);
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    throw settingsInvalid(path, `${path} is not valid TOML`, error);
  }
}

/** Of the nearest folder that has settings, from `folder` up to `top`. In one folder, `uv.toml` takes the place of `[tool.uv]`. */
function projectSettings(folder: string, top: string): UvSettings | null {
  for (let at = folder; ; at = dirname(at)) {
    const own = tableAt(join(at, "uv.toml"));
    if (own !== null) return fromTable(own, at);
    // A pyproject.toml that is broken is told by whoever reads the dependencies.
    const text = textAt(join(at, "pyproject.toml"));
    const tool = text?.includes("tool.uv") ? tableAt(join(at, "pyproject.toml"))?.["tool"] : undefined;
    if (isTable(tool) && isTable(tool["uv"])) return fromTable(tool["uv"], at);
    if (at === top || dirname(at) === at) return null;
  }
}

function fileSettings(path: string): UvSettings | null {
  const table = tableAt(path);
  return table === null ? null : fromTable(table, dirname(path));
}

function filesOf(env: Environment, folder: string, top: string, etc: string): UvSettings[] {
  const given = env["UV_CONFIG_FILE"];
  if (given) return [fileSettings(given)].filter((one) => one !== null);
  if (isOn(env["UV_NO_CONFIG"])) return [];
  const home = homeOf(env);
  const user = firstOf(env, "XDG_CONFIG_HOME", "APPDATA") ?? (home === null ? null : join(home, ".config"));
  const system = (env["XDG_CONFIG_DIRS"] || join(etc, "xdg"))
    .split(":")
    .map((at) => join(at, "uv", "uv.toml"));
  return [
    projectSettings(folder, top),
    user === null ? null : fileSettings(join(user, "uv", "uv.toml")),
    ...[...system, join(etc, "uv", "uv.toml")].map(fileSettings),
  ].filter((one) => one !== null);
}

/** `name=URL`, or a URL alone. */
function namedIndex(text: string, isDefault: boolean, folder: string): UvIndex {
  const [, name, url] = /^([A-Za-z0-9_.-]+)=(.+)$/.exec(text) ?? [];
  return { name: name ?? null, url: placed(url ?? text, folder), isDefault, isExplicit: false };
}

/** uv's variables, stronger than any file. */
function fromEnvironment(env: Environment, folder: string): UvSettings {
  const others = listOf(env["UV_INDEX"]).map((text) => namedIndex(text, false, folder));
  const extras = listOf(env["UV_EXTRA_INDEX_URL"]).map((url) => plain(placed(url, folder), false));
  const fallback = firstOf(env, "UV_DEFAULT_INDEX", "UV_INDEX_URL");
  return {
    indexes: [...others, ...extras, ...(fallback === null ? [] : [namedIndex(fallback, true, folder)])],
    findLinks: listOf(env["UV_FIND_LINKS"], /[\s,]+/).map((value) => ({ value, base: folder })),
    noIndex: isOn(env["UV_NO_INDEX"]),
    trustedHosts: listOf(env["UV_INSECURE_HOST"]),
  };
}

/**
 * What uv is configured with, strongest first.
 *
 * @param folder - where uv would run; its own files are looked for from there up to `top`
 * @param etc - absolute path of the folder with the settings of the machine
 * @throws SLUICE_PYTHON_INDEX_SETTINGS
 */
export function readUvSettings(
  env: Environment,
  folder: string,
  top: string,
  etc: string = "/etc",
): UvSettings {
  const all = [fromEnvironment(env, folder), ...filesOf(env, folder, top, etc)];
  return {
    indexes: all.flatMap(({ indexes }) => indexes),
    findLinks: all.flatMap(({ findLinks }) => findLinks),
    noIndex: all.some(({ noIndex }) => noIndex),
    trustedHosts: all.flatMap(({ trustedHosts }) => trustedHosts),
  };
}

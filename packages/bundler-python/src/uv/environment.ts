import { existsSync, readFileSync, statSync } from "node:fs";
import { access, constants, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { type Environment, firstOf, isOn, listOf } from "../index/environment.ts";
import { type PipSettings, readPipSettings } from "../index/pip-settings.ts";
import type { DeclaredIndexes } from "../index/settings.ts";
import { readUvSettings } from "../index/uv-settings.ts";

/** Where a resolver runs. */
export interface Workplace {
  /** Absolute path of the folder that it runs in. */
  readonly folder: string;
  /** Absolute path of the folder above which no settings are looked for. */
  readonly top: string;
  /** Absolute path of a folder for temporary files. */
  readonly scratch: string;
}

/** What uv is run with, besides what it is to do. */
export interface UvSetup {
  readonly env: Environment;
  /** Index options that uv has no variable for, or that variables would lose against. */
  readonly options: readonly string[];
}

/**
 * What in the user's environment would have uv look elsewhere than in the folder that it is given, or resolve for the interpreter
 * that happens to be active.
 */
const MISLEADING: readonly string[] = [
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "UV_PYTHON",
  "UV_PROJECT",
  "UV_WORKING_DIR",
  "UV_WORKING_DIRECTORY",
  "UV_PROJECT_ENVIRONMENT",
  "UV_NO_SYNC",
  "UV_FROZEN",
  "UV_LOCKED",
  "UV_FIND_LINKS",
  "PYTHONHOME",
  "PYTHONPATH",
];

const ALWAYS: Environment = {
  UV_PYTHON_DOWNLOADS: "never",
  UV_NO_PROGRESS: "1",
  NO_COLOR: "1",
  FORCE_COLOR: undefined,
  CLICOLOR_FORCE: undefined,
};

/** `findLinks` as it is written, kept if it is an address or a folder that exists: pip takes no offence at one that does not. */
function existing(findLinks: readonly string[], folder: string): string[] {
  return findLinks
    .map((place) => (isAbsolute(place) || URL.canParse(place) ? place : resolve(folder, place)))
    .filter((place) => URL.canParse(place) || existsSync(place));
}

/** What is given along with the settings. */
export interface Given {
  /** Absolute paths of further folders with wheels. */
  readonly findLinks?: readonly string[];
  /** What the files of requirements say. */
  readonly declared?: DeclaredIndexes;
}

/** Settings of pip that stand in for those that uv was not given. */
function indexVariables(
  pip: PipSettings,
  env: Environment,
  place: Workplace,
  declared: DeclaredIndexes,
): Environment {
  const own = readUvSettings(env, place.folder, place.top);
  const hasDefault = own.indexes.some(({ isDefault }) => isDefault) || declared.replaceDefault === true;
  const hasOthers = own.indexes.some(({ isDefault, isExplicit }) => !isDefault && !isExplicit);
  const main = pip["index-url"];
  const extra = listOf(pip["extra-index-url"]).join(" ");
  const hosts = [
    ...listOf(env["UV_INSECURE_HOST"]),
    ...listOf(pip["trusted-host"]),
    ...(declared.trustedHosts ?? []),
  ];
  const trusted = hosts.join(" ");
  return {
    ...(main && !hasDefault ? { UV_DEFAULT_INDEX: main } : {}),
    ...(extra !== "" && !hasOthers ? { UV_INDEX: extra } : {}),
    ...(trusted === "" ? {} : { UV_INSECURE_HOST: trusted }),
  };
}

/**
 * Authorities of certificates. pip's and requests' files hold all that are trusted, as uv's does; Node.js's holds what is trusted
 * besides its own.
 */
async function certificates(pip: PipSettings, env: Environment, scratch: string): Promise<Environment> {
  if (env["SSL_CERT_FILE"] || env["SSL_CERT_DIR"]) return {};
  const whole = pip["cert"] || firstOf(env, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE");
  if (whole) return { SSL_CERT_FILE: whole };
  const added = env["NODE_EXTRA_CA_CERTS"];
  if (!added || !existsSync(added)) return {};
  const file = join(scratch, "authorities.pem");
  await writeFile(file, [readFileSync(added, "utf8"), ...rootCertificates, ""].join("\n"));
  return { SSL_CERT_FILE: file };
}

/** Nothing that uv would keep can be kept where its cache is, as for users without a home. */
async function isWithoutCache(env: Environment): Promise<boolean> {
  if (process.platform === "win32") return false;
  const own = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  let folder = resolve(env["UV_CACHE_DIR"] || join(own, "uv"));
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const isWritable = access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return !statSync(folder).isDirectory() || !(await isWritable);
}

/**
 * The run's environment for uv: its own settings as they are, pip's where uv has none, and nothing that depends on what is active
 * in the user's shell.
 */
export async function uvSetup(
  env: Environment,
  place: Workplace,
  { findLinks = [], declared = {} }: Given = {},
): Promise<UvSetup> {
  const pip = readPipSettings(env);
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !MISLEADING.includes(name)));
  const links = [
    ...findLinks,
    ...listOf(env["UV_FIND_LINKS"], /[\s,]+/),
    ...existing(listOf(pip["find-links"]), place.folder),
  ];
  const noIndex = isOn(pip["no-index"]) || isOn(env["UV_NO_INDEX"]);
  return {
    env: {
      ...kept,
      ...indexVariables(pip, env, place, declared),
      ...(await certificates(pip, env, place.scratch)),
      ...((await isWithoutCache(env)) ? { UV_NO_CACHE: "1" } : {}),
      ...ALWAYS,
    },
    options: [...links.flatMap((link) => ["--find-links", link]), ...(noIndex ? ["--no-index"] : [])],
  };
}

/** The run's environment for pip: nothing that would have it install elsewhere, ask, or fail for a folder that is gone. */
export function pipEnvironment(env: Environment, folder: string): Environment {
  const pip = readPipSettings(env);
  return {
    ...env,
    PIP_FIND_LINKS: existing(listOf(pip["find-links"]), folder).join(" "),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PIP_NO_COLOR: "1",
    PIP_REQUIRE_VIRTUALENV: "0",
    PIP_USER: "0",
    PIP_TARGET: undefined,
    PIP_PREFIX: undefined,
    PIP_ROOT: undefined,
    PYTHONPATH: undefined,
    PYTHONHOME: undefined,
  };
}

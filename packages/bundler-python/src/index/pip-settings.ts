import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Environment, homeOf, textAt } from "./environment.ts";

/** pip's options by their long names, as `extra-index-url`; a list has one value a line, or separated by white space. */
export type PipSettings = Readonly<Record<string, string>>;

/** The sections that count for `pip install`, strongest last (pip's docs, "Configuration"). */
const SECTIONS = ["global", "install"];

/** Reads an ini file as Python's configparser does: `key = value` or `key: value`, indented lines go on. */
function parsePipConfig(text: string): PipSettings {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> = {};
  let key: string | null = null;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (line.trim() === "" || /^\s*[#;]/.test(line)) continue;
    const [, name] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, option, value = ""] = /^([^\s=:][^=:]*)[=:](.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      section = sections.get(name) ?? {};
      sections.set(name, section);
      key = null;
    } else if (/^\s/.test(line) && key !== null) section[key] = `${section[key] ?? ""}\n${line.trim()}`;
    else if (option !== undefined) {
      key = option.trim().toLowerCase().replaceAll("_", "-");
      section[key] = value.trim();
    }
  }
  return Object.assign({}, ...SECTIONS.map((name) => sections.get(name) ?? {}));
}

function globalFiles(env: Environment, platform: NodeJS.Platform, etc: string): string[] {
  if (platform === "win32") return [join(env["PROGRAMDATA"] ?? "C:\\ProgramData", "pip", "pip.ini")];
  const folders = (env["XDG_CONFIG_DIRS"] || join(etc, "xdg")).split(":");
  const shared = folders.map((folder) => join(folder, "pip", "pip.conf"));
  const mac = platform === "darwin" ? ["/Library/Application Support/pip/pip.conf"] : [];
  return [...mac, ...shared, join(etc, "pip.conf")];
}

function userFiles(env: Environment, platform: NodeJS.Platform): string[] {
  const home = homeOf(env);
  if (home === null) return [];
  if (platform === "win32") {
    const roaming = env["APPDATA"] ?? join(home, "AppData", "Roaming");
    return [join(home, "pip", "pip.ini"), join(roaming, "pip", "pip.ini")];
  }
  const mac = join(home, "Library", "Application Support", "pip");
  const config = join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "pip");
  const folder = platform === "darwin" && existsSync(mac) ? mac : config;
  return [join(home, ".pip", "pip.conf"), join(folder, "pip.conf")];
}

/** The files that pip reads, strongest last (pip's docs, "Configuration", "Location"). */
function pipConfigFiles(env: Environment, etc: string): string[] {
  const { platform } = process;
  const given = env["PIP_CONFIG_FILE"];
  if (given === "/dev/null" || given?.toLowerCase() === "nul") return [];
  const isGiven = given !== undefined && existsSync(given);
  const venv = env["VIRTUAL_ENV"];
  return [
    ...globalFiles(env, platform, etc),
    ...(isGiven ? [] : userFiles(env, platform)),
    ...(venv ? [join(venv, platform === "win32" ? "pip.ini" : "pip.conf")] : []),
    ...(isGiven ? [given] : []),
  ];
}

/**
 * pip's settings of its files and of `PIP_…`, the strongest.
 *
 * @param etc - absolute path of the folder with the settings of the machine
 * @throws SLUICE_PYTHON_INDEX_SETTINGS
 */
export function readPipSettings(env: Environment, etc: string = "/etc"): PipSettings {
  const settings: Record<string, string> = {};
  for (const path of pipConfigFiles(env, etc)) Object.assign(settings, parsePipConfig(textAt(path) ?? ""));
  for (const [variable, value] of Object.entries(env)) {
    const name = /^PIP_(.+)$/.exec(variable)?.[1];
    if (name !== undefined && value) settings[name.toLowerCase().replaceAll("_", "-")] = value;
  }
  return settings;
}

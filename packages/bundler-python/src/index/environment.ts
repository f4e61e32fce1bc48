import { existsSync, readFileSync } from "node:fs";
import { settingsInvalid } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The user's home folder, `null` when the environment names none. */
export function homeOf(env: Environment): string | null {
  return env["HOME"] || env["USERPROFILE"] || null;
}

/** The first of the variables that is set and not empty. */
export function firstOf(env: Environment, ...names: string[]): string | null {
  for (const name of names) {
    const value = env[name];
    if (value) return value;
  }
  return null;
}

/** A list as the tools take it from a variable: separated by white space, or by `separator`. */
export function listOf(text: string | null | undefined, separator: RegExp = /\s+/): string[] {
  return (text ?? "").split(separator).filter((part) => part !== "");
}

/** What pip and uv take for yes. */
export function isOn(text: string | null | undefined): boolean {
  return /^(1|true|yes|on|y|t)$/i.test(text ?? "");
}

/** @throws SLUICE_PYTHON_INDEX_SETTINGS for a file that is there and cannot be read */
export function textAt(path: string): string | null {
  if (!existsSync(path)) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw settingsInvalid(path, `${path} cannot be read`, error);
  }
}

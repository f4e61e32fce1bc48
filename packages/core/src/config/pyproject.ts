import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { configErrors } from "./errors.ts";

/** What describes a Python project (PEP 518, PEP 621). Tools keep their settings below `[tool]`. */
export const PYPROJECT = "pyproject.toml";

export function isPyproject(file: string): boolean {
  return basename(file) === PYPROJECT;
}

/** `[tool.sluice]`, `[tool.sluice.functions]`, `[tool."sluice"]`, or `sluice.…` and `sluice = …` below `[tool]`. */
const MENTION = /^\s*(?:\[+\s*tool\s*\.\s*["']?|tool\s*\.\s*["']?|["']?)sluice["']?\s*[\].=]/m;

/** Whether a project's file has something for Sluice; one that cannot be read has not. */
export function hasToolTable(file: string): boolean {
  try {
    return MENTION.test(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
}

/** Where a parser of TOML stopped. */
interface Stopped {
  readonly line?: unknown;
  readonly column?: unknown;
}

async function readDocument(file: string): Promise<Record<string, unknown>> {
  // Loaded late: most repositories have a configuration of their own.
  const { parse } = await import("smol-toml");
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    const { line, column } = error as Stopped;
    const at = typeof line === "number" && typeof column === "number" ? `${file}:${line}:${column}` : file;
    // The parser draws the line below its message.
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw configErrors.unloadable(at, reason, error);
  }
}

const tableIn = (value: unknown, key: string): Record<string, unknown> => {
  const found: unknown =
    typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
};

/** What a version of PEP 440 and one of semver both say: `1.4.0`, and `1.4.0rc1` as `1.4.0-rc.1`. */
const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-_.]?(a|b|rc|alpha|beta)[-_.]?(\d+))?$/;

/** A Python project's version as semver; `null` for what semver cannot say, as a fourth number or an epoch. */
function semverOf(version: string): string | null {
  const [, major, minor = "0", patch = "0", phase, count = "0"] = VERSION.exec(version.trim()) ?? [];
  if (major === undefined) return null;
  const numbers = [major, minor, patch].map(Number).join(".");
  return phase === undefined ? numbers : `${numbers}-${phase}.${Number(count)}`;
}

/** The version that a folder's `pyproject.toml` gives its project, as semver; `null` when it has none that can be told. */
export async function readProjectVersion(folder: string): Promise<string | null> {
  const file = join(folder, PYPROJECT);
  if (!existsSync(file)) return null;
  try {
    const document = await readDocument(file);
    const { version } = tableIn(document, "project");
    const found = version ?? tableIn(tableIn(document, "tool"), "poetry")["version"];
    return typeof found === "string" ? semverOf(found) : null;
  } catch {
    // Whoever needs the file says what is wrong with it.
    return null;
  }
}

/**
 * The value of `[tool.sluice]`.
 *
 * @throws SLUICE_CONFIG_UNLOADABLE with line and column
 */
export async function readToolTable(file: string): Promise<unknown> {
  const tool = (await readDocument(file))["tool"];
  const table: unknown =
    typeof tool === "object" && tool !== null ? (tool as Record<string, unknown>)["sluice"] : undefined;
  if (table === undefined) throw configErrors.noToolTable(file);
  return table;
}

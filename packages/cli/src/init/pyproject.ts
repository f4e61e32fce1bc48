import { parse } from "smol-toml";
import { cliErrors } from "../errors.ts";

/** Where a parser of TOML stopped. */
interface Stopped {
  readonly line?: unknown;
}

function checked(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    const { line } = error as Stopped;
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw cliErrors.pyprojectUnfit(typeof line === "number" ? `${file}:${line}` : file, reason, error);
  }
}

const tableIn = (value: unknown, key: string): Record<string, unknown> => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : null;
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
};

/**
 * The text of a `pyproject.toml` with tables at its end; what is there stays as it is, byte for byte.
 *
 * @param text - of the file, empty without one
 * @throws SLUICE_PYPROJECT_UNFIT when it is no TOML, or cannot have these tables
 */
export function withTables(text: string, tables: string, file: string): string {
  checked(text, file);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const ended = text === "" || text.endsWith("\n") ? text : text + newline;
  const gap = ended === "" || /\n\r?\n$/.test(ended) ? "" : newline;
  const whole = ended + gap + tables.replaceAll("\n", newline);
  checked(whole, file);
  return whole;
}

/** The project's name, by PEP 621 or Poetry; `null` without one, or for a file that cannot be read. */
export function projectName(text: string): string | null {
  try {
    const document = parse(text);
    const poetry = tableIn(tableIn(document, "tool"), "poetry");
    const name = tableIn(document, "project")["name"] ?? poetry["name"];
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}

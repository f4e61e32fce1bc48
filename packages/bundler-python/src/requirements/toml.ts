import { parse, TomlError } from "smol-toml";
import { requirementErrors } from "./errors.ts";
import { labelOf, type Reading, readBytes } from "./reading.ts";

export type Table = Readonly<Record<string, unknown>>;

/** What was parsed in a run: many functions share a lockfile, and a big one takes longer to parse than to read. */
const parsed = new WeakMap<object, Map<string, { readonly text: string; readonly table: Table }>>();

/** The table at `path` inside of `value`; empty where there is none. */
export function tableAt(value: unknown, ...path: readonly string[]): Table {
  let current = value;
  for (const key of path)
    current = isTable(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  return isTable(current) ? current : {};
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The list's texts; what is no list is none. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function tablesOf(value: unknown): Table[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}

/**
 * @param kind - whether people write the file, or a tool
 * @returns `null` for a file that does not exist
 * @throws SLUICE_PYTHON_PROJECT_INVALID, SLUICE_PYTHON_LOCK_INVALID: with line and column
 */
export async function readToml(
  reading: Reading,
  path: string,
  kind: "project" | "lock",
): Promise<Table | null> {
  const bytes = await readBytes(reading, path);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes);
  const { context } = reading.run;
  const known = parsed.get(context) ?? new Map();
  parsed.set(context, known);
  const earlier = known.get(path);
  if (earlier?.text === text) return earlier.table;
  try {
    const table = parse(text);
    known.set(path, { text, table });
    return table;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const where = `${labelOf(reading, path)}:${error.line}:${error.column}`;
    const conflict = /^(<{7}|={7}|>{7})/m.test(text);
    // The message's further lines show the source, which may hold an address with a password.
    const reason = conflict
      ? "it holds the markers of a merge conflict."
      : (error.message.split("\n")[0] ?? "");
    throw kind === "lock"
      ? requirementErrors.lockInvalid(where, reason)
      : requirementErrors.projectInvalid(where, reason);
  }
}

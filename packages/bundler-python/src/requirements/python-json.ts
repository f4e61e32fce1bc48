/**
 * JSON as Python's `json.dumps(value, sort_keys=True)` writes it: Poetry and Pipenv hash that text.
 *
 * @param separators - between items, and after keys; Python's own are `", "` and `": "`
 */
export function pythonJson(
  value: unknown,
  separators: readonly [item: string, key: string] = [", ", ": "],
): string {
  const [item, key] = separators;
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return `[${value.map((each) => pythonJson(each, separators)).join(item)}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
    return `{${entries.map(([name, each]) => `${text(name)}${key}${pythonJson(each, separators)}`).join(item)}}`;
  }
  return typeof value === "string" ? text(value) : String(value);
}

/** ASCII alone: `ensure_ascii` is Python's default. */
function text(value: string): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escaped);
}

/** Python orders texts by code points, JavaScript by UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

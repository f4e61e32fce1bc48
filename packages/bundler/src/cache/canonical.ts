/**
 * Writes a value of options as text that is equal for equal values, whatever the order of their keys.
 *
 * @param ofFunction - what stands for a function, which has no text of its own
 */
export function canonical(value: unknown, ofFunction: (value: object) => string): string {
  if (typeof value === "function") return ofFunction(value);
  if (value instanceof RegExp) return `/${value.source}/${value.flags}`;
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, ofFunction)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, ofFunction)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "undefined";
}

/** Names functions by their identity, for comparisons inside one process. */
export function identities(): (value: object) => string {
  const known = new Map<object, number>();
  return (value) => {
    const id = known.get(value) ?? known.size;
    known.set(value, id);
    return `function ${id}`;
  };
}

/** Where a JSON value is not what is expected. */
export interface Difference {
  /** JSON path (RFC 9535), as `$.items[0].price`. */
  readonly path: string;
  /** A value, or `undefined` where only the number of items is wrong. */
  readonly expected: unknown;
  /** `undefined` where there is nothing. */
  readonly found: unknown;
  /** Says it instead of the values. */
  readonly note?: string;
}

/**
 * The first place where `found` does not hold what is expected: an object's keys must be there with these values, and it may
 * have more; arrays must have the same length; everything else must be equal.
 *
 * @returns `null` when it holds
 */
export function firstDifference(expected: unknown, found: unknown, path = "$"): Difference | null {
  if (Array.isArray(expected)) return arrayDifference(expected, found, path);
  if (!isObject(expected)) return expected === found ? null : { path, expected, found };
  if (!isObject(found)) return { path, expected, found };
  for (const [key, value] of Object.entries(expected)) {
    const inside = Object.hasOwn(found, key) ? found[key] : undefined;
    const difference = firstDifference(value, inside, `${path}${step(key)}`);
    if (difference !== null) return difference;
  }
  return null;
}

function arrayDifference(expected: readonly unknown[], found: unknown, path: string): Difference | null {
  if (!Array.isArray(found)) return { path, expected, found };
  for (const [index, value] of expected.entries()) {
    if (index >= found.length) break;
    const difference = firstDifference(value, found[index], `${path}[${index}]`);
    if (difference !== null) return difference;
  }
  if (expected.length === found.length) return null;
  const note = `expected ${expected.length} items, found ${found.length}`;
  return { path, expected, found, note };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const step = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

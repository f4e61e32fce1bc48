const UNITS: readonly (readonly [string, number])[] = [
  ["y", 365 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
];

/**
 * How long ago something was, in the largest unit that it fills: `3 h ago`. Empty when it is not known.
 *
 * @param at - ISO 8601
 * @param now - milliseconds since the epoch
 */
export function formatAge(at: string | null, now: number): string {
  const time = Date.parse(at ?? "");
  if (Number.isNaN(time)) return "";
  for (const [unit, milliseconds] of UNITS) {
    const count = Math.floor((now - time) / milliseconds);
    if (count >= 1) return `${count} ${unit} ago`;
  }
  return "just now";
}

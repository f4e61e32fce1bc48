/** What a series of measurements comes to. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Summarizes a series in its own unit.
 *
 * @throws when there is nothing to summarize
 */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [min, max, high] = [sorted[0], sorted.at(-1), sorted[middle]];
  if (min === undefined || max === undefined || high === undefined) throw new Error("No measurements.");
  const low = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? high) : high;
  return { median: (low + high) / 2, min, max };
}

/**
 * Ratios of two interleaved series, pair by pair: what slows the machine down for a while slows both.
 *
 * @throws when the series have different lengths
 */
export function ratios(over: readonly number[], under: readonly number[]): readonly number[] {
  if (over.length !== under.length) throw new Error("Series of different lengths are no pairs.");
  return over.map((value, index) => value / (under[index] ?? Number.NaN));
}

import type { Series } from "./interleave.ts";
import { ratios, summarize } from "./statistics.ts";
import type { Goal, Row } from "./table.ts";

/** As `1.25`. */
export const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);
const times = (ratio: number): string => ratio.toFixed(2);

/** Whether `value` is within `limit`: what a figure is held against. */
export function atMost(value: number, limit: number, text: string): Goal {
  return { text: `≤ ${text}`, met: value <= limit };
}

export function lessThan(value: number, limit: number, text: string): Goal {
  return { text: `< ${text}`, met: value < limit };
}

/** API calls of a run: the median, with the extremes when runs differ. */
function callsOf(operations: Series["operations"]): string {
  const { median, min, max } = summarize(operations.map((each) => each.length));
  if (max === 0) return "";
  return min === max ? String(median) : `${median} (${min}–${max})`;
}

/** Wall time and API calls of a series. */
export function timeRow(series: Series, goals: readonly Goal[] = []): Row {
  const { median, min, max } = summarize(series.milliseconds);
  return {
    name: series.name,
    median: `${seconds(median)} s`,
    range: `${seconds(min)}–${seconds(max)}`,
    calls: callsOf(series.operations),
    goals,
  };
}

/** Wall time of one series over another's, pair by pair. */
export function ratioRow(over: Series, under: Series, goal?: (ratio: number) => Goal): Row {
  const { median, min, max } = summarize(ratios(over.milliseconds, under.milliseconds));
  return {
    name: `÷ ${under.name}`,
    median: `${times(median)} ×`,
    range: `${times(min)}–${times(max)}`,
    calls: "",
    goals: goal === undefined ? [] : [goal(median)],
  };
}

/** The calls of a series' last run in order, as `GetFunction ×2, UpdateAlias`; empty without any. */
export function describeCalls(series: Series): string {
  const counts = new Map<string, number>();
  for (const operation of series.operations.at(-1) ?? [])
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return [...counts]
    .map(([operation, count]) => (count === 1 ? operation : `${operation} ×${count}`))
    .join(", ");
}

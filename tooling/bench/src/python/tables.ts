import type { Series } from "../interleave.ts";
import type { Meter } from "../meter.ts";
import { atMost, lessThan, ratioRow } from "../rows.ts";
import { summarize } from "../statistics.ts";
import type { Goal, Row, Table } from "../table.ts";
import type { Measured } from "./measure.ts";

/** A goal for a ratio. */
const within =
  (limit: number) =>
  (ratio: number): Goal =>
    atMost(ratio, limit, `${limit.toFixed(2)} ×`);

export function coldTable(meter: Meter, measured: Measured, notes: readonly string[]): Table {
  const { cold, uvCold, resolved, locked, checked } = measured;
  const goal = within(1);
  return {
    title: "both machines, cold",
    heads: ["median", "min–max", "cpu"],
    rows: [
      meter.row(cold),
      ratioRow(cold, uvCold, goal),
      meter.row(resolved),
      ratioRow(resolved, uvCold, goal),
      meter.row(locked),
      ratioRow(locked, uvCold, goal),
      meter.row(checked),
      ratioRow(checked, cold),
      meter.row(uvCold),
    ],
    notes,
  };
}

export function aloneTable(meter: Meter, { coldArm, uvArm, coldX86, uvX86 }: Measured): Table {
  return {
    title: "one machine alone, cold",
    heads: ["median", "min–max", "cpu"],
    rows: [
      meter.row(coldArm),
      ratioRow(coldArm, uvArm, within(1)),
      meter.row(uvArm),
      meter.row(coldX86),
      ratioRow(coldX86, uvX86, within(1)),
      meter.row(uvX86),
    ],
    notes: [],
  };
}

/** @param note - what is to be said of SAM */
export function warmTable(
  meter: Meter,
  { warm, pip, uvWarm, sam, samParallel }: Measured,
  note: string,
): Table {
  const sams = [sam, samParallel].filter((series) => series !== null);
  return {
    title: "both machines, warm",
    heads: ["median", "min–max", "cpu"],
    rows: [
      meter.row(warm),
      ratioRow(warm, pip, within(0.25)),
      ...sams.map((series) => ratioRow(warm, series, series === sam ? within(0.3) : undefined)),
      ratioRow(warm, uvWarm),
      meter.row(pip),
      ...sams.map((series) => meter.row(series)),
      meter.row(uvWarm),
    ],
    notes: ["Caches of wheels are warm, of Sluice's own folder `.sluice` nothing is left.", note],
  };
}

export function againTable(meter: Meter, { warm, unchanged, changed, grown }: Measured): Table {
  const { median } = summarize(unchanged.milliseconds);
  return {
    title: "both machines, again",
    heads: ["median", "min–max", "cpu"],
    rows: [
      meter.row(unchanged, [lessThan(median, 500, "0.50 s")]),
      meter.row(changed),
      ratioRow(changed, warm),
      meter.row(grown),
      ratioRow(grown, warm),
    ],
    notes: [],
  };
}

/** What each contender's processes take; not those that live for less than 50 ms. */
export function effortTable(meter: Meter, measured: Measured): Table {
  const row = ({ name }: Series): Row => {
    const taken = meter.taken.get(name) ?? [];
    const median = (values: readonly number[]): number => summarize(values).median;
    return {
      name,
      median: `${Math.round(median(taken.map(({ memory }) => memory)) / 2 ** 20)} MiB`,
      range: String(median(taken.map(({ processes }) => processes))),
      calls: `${(median(taken.map(({ cpu }) => cpu)) / 1000).toFixed(2)} s`,
      goals: [],
    };
  };
  const { cold, resolved, coldArm, checked, warm, unchanged, uvCold, pip } = measured;
  return {
    title: "effort",
    heads: ["memory", "processes", "cpu"],
    rows: [cold, resolved, coldArm, checked, warm, unchanged, uvCold, pip].map(row),
    notes: ["Memory is the highest sum of all processes' resident memory, seen every 50 ms."],
  };
}

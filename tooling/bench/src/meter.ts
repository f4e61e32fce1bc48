import type { Contender, Series } from "./interleave.ts";
import type { Taken, TreeWatch } from "./process-tree.ts";
import { seconds, timeRow } from "./rows.ts";
import { summarize } from "./statistics.ts";
import type { Goal, Row } from "./table.ts";

/** Tells what contenders take, besides time. */
export interface Meter {
  /** The same contender, whose rounds are metered and told at once, since they take so long. */
  watched(contender: Contender): Contender;
  /** Wall time of a series, and the median of its processor time beside it. */
  row(series: Series, goals?: readonly Goal[]): Row;
  /** What the counted rounds took, by the contender's name. */
  readonly taken: ReadonlyMap<string, readonly Taken[]>;
}

/**
 * @param watch - watches whatever contenders start
 * @param say - given a line for each round
 */
export function createMeter(watch: TreeWatch, say: (line: string) => void): Meter {
  const taken = new Map<string, Taken[]>();
  return {
    taken,
    watched: (contender) => {
      const own: Taken[] = [];
      taken.set(contender.name, own);
      const run = async (round: number): Promise<void> => {
        watch.take();
        const started = performance.now();
        await contender.run(round);
        const wall = performance.now() - started;
        const took = watch.take();
        say(`round ${round}, ${contender.name}: ${seconds(wall)} s, cpu ${seconds(took.cpu)} s`);
        if (round > 0) own.push(took);
      };
      return { ...contender, run };
    },
    row: (series, goals = []) => {
      const own = taken.get(series.name) ?? [];
      const cpu = own.length === 0 ? "" : `${seconds(summarize(own.map((one) => one.cpu)).median)} s`;
      return { ...timeRow(series, goals), calls: cpu };
    },
  };
}

import type { BenchmarkOptions } from "../benchmark.ts";
import { lessThan } from "../rows.ts";
import { summarize } from "../statistics.ts";
import type { Goal, Row, Table } from "../table.ts";
import type { Scene } from "./scene.ts";

/** How many functions a repository grows to. */
export const GROWTH: readonly number[] = [10, 20, 50, 100, 200];

const MEMORY_COUNT = 100;
const GIB = 2 ** 30;
/** Warm builds are so quick that several are needed. */
const WARM_RUNS = 3;
/** What a machine that does other things, too, makes of a straight line. */
const TOLERANCE = 1.1;

/** What was measured for a number of functions. */
export interface Grown {
  readonly count: number;
  /** Milliseconds. */
  readonly cold: number;
  readonly warm: number;
  /** Bytes of all processes, at their peak; 0 where it cannot be seen. */
  readonly memory: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function grow(scene: Scene, count: number): Promise<Grown> {
  const configuration = await scene.repository.configure({ count, importCheck: false });
  await scene.forget();
  scene.watch.take();
  const cold = await timed(() => scene.build(configuration));
  const { memory } = scene.watch.take();
  const warm: number[] = [];
  for (let run = 0; run < WARM_RUNS; run += 1) warm.push(await timed(() => scene.build(configuration)));
  return { count, cold, warm: summarize(warm).median, memory };
}

/** Builds repositories of more and more functions, each cold and warm. */
export async function measureGrowth(
  scene: Scene,
  { signal, say }: BenchmarkOptions,
): Promise<readonly Grown[]> {
  const grown: Grown[] = [];
  for (const count of GROWTH) {
    signal.throwIfAborted();
    const one = await grow(scene, count);
    say(
      `bundler: ${count} functions: cold ${seconds(one.cold)}, warm ${seconds(one.warm)}, ${memoryOf(one)}`,
    );
    grown.push(one);
  }
  return grown;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
const each = (milliseconds: number, count: number): string => `${(milliseconds / count).toFixed(1)} ms`;

/** Linear or better: no function costs more than one did among the fewest. */
function linear(each: number, count: number, first: number): Goal {
  return { text: `linear from ${count} on`, met: each <= first * TOLERANCE };
}

const memoryOf = ({ memory }: Grown): string => (memory === 0 ? "" : `${Math.round(memory / 2 ** 20)} MiB`);

function memoryGoal({ count, memory }: Grown): readonly Goal[] {
  return count === MEMORY_COUNT && memory > 0 ? [lessThan(memory, GIB, "1 GiB")] : [];
}

/** A row for each count; the last one is held against the first. */
function rowsOf(grown: readonly Grown[], pick: (one: Grown) => number): Row[] {
  const [first] = grown;
  return grown.map((one) => ({
    name: `${one.count} functions`,
    median: seconds(pick(one)),
    range: each(pick(one), one.count),
    calls: "",
    goals:
      first !== undefined && one === grown.at(-1)
        ? [linear(pick(one) / one.count, first.count, pick(first) / first.count)]
        : [],
  }));
}

/** The curve as two tables: cold with its peak of memory, and warm. */
export function growthTables(grown: readonly Grown[]): readonly Table[] {
  const cold = rowsOf(grown, (one) => one.cold);
  return [
    {
      title: "growing, cold",
      heads: ["wall", "each", "memory"],
      rows: grown.map((one, index) => ({
        ...(cold[index] as Row),
        calls: memoryOf(one),
        goals: [...memoryGoal(one), ...(cold[index]?.goals ?? [])],
      })),
      notes: ["Memory is the highest sum of all processes' resident memory, seen every 50 ms."],
    },
    {
      title: "growing, nothing changed",
      heads: ["wall", "each", ""],
      rows: rowsOf(grown, (one) => one.warm),
      notes: [],
    },
  ];
}

import type { Table } from "./table.ts";

/** What every benchmark is run with. */
export interface BenchmarkOptions {
  /** Measured rounds, after one that is not counted. */
  readonly runs: number;
  /** Whether contenders that take minutes are run, too. */
  readonly isAll: boolean;
  /** Aborted by SIGINT and SIGTERM: what was started is ended, and the benchmark rejects. */
  readonly signal: AbortSignal;
  /** A line about what goes on, for people. */
  readonly say: (line: string) => void;
}

/** One file's worth of figures. */
export interface Benchmark {
  /** Measures, and gives one table for each thing that is compared. */
  readonly run: (options: BenchmarkOptions) => Promise<readonly Table[]>;
  /** Tells where the time goes, as lines for people. */
  readonly profile?: (options: BenchmarkOptions) => Promise<readonly string[]>;
}

/** How a benchmark is found and loaded. */
export interface BenchmarkEntry {
  readonly summary: string;
  readonly load: () => Promise<Benchmark>;
}

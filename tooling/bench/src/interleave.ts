import type { ProxiedCall } from "@sluice/test-kit";

/** Something that is measured against others. */
export interface Contender {
  readonly name: string;
  /** Sets the scene of a round; not timed, and its calls are not counted. */
  readonly prepare?: (round: number) => Promise<void>;
  /** What is timed, from the first process's start to the last one's end. */
  readonly run: (round: number) => Promise<void>;
}

/** Records API calls, as the test kit's proxy does. */
export interface CallRecorder {
  readonly calls: readonly ProxiedCall[];
  reset(): void;
}

/** One contender's rounds, in order. */
export interface Series {
  readonly name: string;
  readonly milliseconds: readonly number[];
  /** Per round, as `GetFunction`; every attempt counts. */
  readonly operations: readonly (readonly string[])[];
}

export interface InterleaveOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  readonly recorder?: CallRecorder;
}

/** Runs all contenders in turn, A B A B …, after one round that warms up and is not counted. */
export async function interleave(
  contenders: readonly Contender[],
  { runs, signal, recorder }: InterleaveOptions,
): Promise<readonly Series[]> {
  const series = contenders.map(({ name }) => ({
    name,
    milliseconds: [] as number[],
    operations: [] as string[][],
  }));
  for (let round = 0; round <= runs; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      signal.throwIfAborted();
      await contender.prepare?.(round);
      recorder?.reset();
      const started = performance.now();
      await contender.run(round);
      const took = performance.now() - started;
      if (round === 0) continue;
      series[index]?.milliseconds.push(took);
      series[index]?.operations.push(recorder?.calls.map((call) => call.operation) ?? []);
    }
  }
  return series;
}

import type { BenchmarkEntry } from "./benchmark.ts";

/** Every benchmark by the name that the command line takes; each is loaded when it is run. */
export const BENCHMARKS: Readonly<Record<string, BenchmarkEntry>> = {
  deploy: {
    summary: "one function: code changed, unchanged, and starting the command",
    load: async () => (await import("./deploy/benchmark.ts")).deployBenchmark,
  },
  bundler: {
    summary: "twenty functions: cold, nothing changed, one changed; sizes, memory, growth",
    load: async () => (await import("./bundler/benchmark.ts")).bundlerBenchmark,
  },
  updater: {
    summary: "one function beside the AWS CLI, a thousand behind AWS's quotas, regions and accounts",
    load: async () => (await import("./updater/benchmark.ts")).updaterBenchmark,
  },
  python: {
    summary: "compiled Python packages for two machines: cold, warm, again; sizes, memory",
    load: async () => (await import("./python/benchmark.ts")).pythonBenchmark,
  },
};

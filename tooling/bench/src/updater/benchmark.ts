import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import type { Table } from "../table.ts";
import { callsTable } from "./calls-table.ts";
import { fleetTable, placesTable } from "./fleet-tables.ts";
import { oneFunctionTables } from "./one-function.ts";

async function run(options: BenchmarkOptions): Promise<readonly Table[]> {
  return [
    await callsTable(options),
    ...(await oneFunctionTables(options)),
    await fleetTable(options),
    await placesTable(options),
  ];
}

/** Functions that exist, one and a thousand: calls, times, memory, and what quotas make of it. */
export const updaterBenchmark: Benchmark = { run };

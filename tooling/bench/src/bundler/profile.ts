import type { BenchmarkOptions } from "../benchmark.ts";
export async function profile(_: BenchmarkOptions): Promise<readonly string[]> {
  return [];
}

import { parseArgs } from "node:util";
import type { BenchmarkOptions } from "./benchmark.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { formatTable } from "./table.ts";

const DEFAULT_RUNS = 7;

const HELP = `npm run bench -- [NAME…] [--runs N] [--profile]

${Object.entries(BENCHMARKS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join("\n")}

  --runs N    measured rounds of each contender (default ${DEFAULT_RUNS})
  --profile   where the time goes, instead of the comparison
`;

/** A mistake on the command line, shown without a stack. */
class UsageError extends Error {}

function chosenNames(names: readonly string[]): readonly string[] {
  const known = Object.keys(BENCHMARKS);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no benchmark ${unknown}. There are: ${known.join(", ")}.`);
  return names.length === 0 ? known : names;
}

function runsOf(text: string | undefined): number {
  const runs = text === undefined ? DEFAULT_RUNS : Number(text);
  if (!Number.isInteger(runs) || runs < 1) throw new UsageError("--runs takes a number of at least 1.");
  return runs;
}

async function benchmark(name: string, isProfile: boolean, options: BenchmarkOptions): Promise<void> {
  const loaded = await BENCHMARKS[name]?.load();
  if (loaded === undefined) return;
  if (!isProfile) {
    const tables = await loaded.run(options);
    process.stdout.write(`\n${tables.map(formatTable).join("\n\n")}\n`);
    return;
  }
  const lines = (await loaded.profile?.(options)) ?? [`${name} has no profile.`];
  process.stdout.write(`\n${lines.join("\n")}\n`);
}

async function main(signal: AbortSignal): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: "string" }, profile: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const options = { runs: runsOf(values.runs), signal, say };
  for (const name of chosenNames(positionals)) await benchmark(name, values.profile === true, options);
}

/** SIGINT and SIGTERM end what is running and clean up, instead of leaving an emulator behind. */
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());

try {
  await main(interruption.signal);
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  const text = error instanceof Error ? (isUsage ? error.message : error.stack) : String(error);
  process.stderr.write(interruption.signal.aborted ? "Interrupted.\n" : `${text}\n`);
  process.exitCode = interruption.signal.aborted ? 130 : isUsage ? 2 : 1;
}

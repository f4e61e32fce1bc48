import { type CommandLine, HELP, parseCommandLine } from "./arguments.ts";
import type { BenchmarkOptions } from "./benchmark.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { formatTable } from "./table.ts";

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

/** Runs what the command line asks for; gives the exit code. */
async function run({ names, runs, isAll, isProfile }: CommandLine): Promise<number> {
  // SIGINT and SIGTERM end what is running and clean up, instead of leaving an emulator behind.
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  try {
    const options = { runs, isAll, signal: interruption.signal, say };
    for (const name of names) await benchmark(name, isProfile, options);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) {
      say("Interrupted.");
      return 130;
    }
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

const parsed = parseCommandLine(process.argv.slice(2));
if ("problem" in parsed) {
  process.stderr.write(`${parsed.problem}\n\n${HELP}`);
  process.exitCode = 2;
} else if (parsed.isHelp) process.stdout.write(HELP);
else process.exitCode = await run(parsed);

import { parseArgs } from "node:util";
import { BENCHMARKS } from "./benchmarks.ts";

const DEFAULT_RUNS = 7;

export const HELP: string = `npm run bench [NAME…] [-- --runs N --all --profile]

${Object.entries(BENCHMARKS)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  .join("\n")}

  --runs N    measured rounds of each contender (default ${DEFAULT_RUNS})
  --all       contenders that take minutes, too
  --profile   where the time goes, instead of the comparison
`;

export interface CommandLine {
  /** Names of known benchmarks. */
  readonly names: readonly string[];
  readonly runs: number;
  readonly isAll: boolean;
  readonly isProfile: boolean;
  readonly isHelp: boolean;
}

/** A command line, or what is wrong with it. */
export type Parsed = CommandLine | { readonly problem: string };

function runsOf(text: string | undefined): number | null {
  const runs = text === undefined ? DEFAULT_RUNS : Number(text);
  return Number.isInteger(runs) && runs >= 1 ? runs : null;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      all: { type: "boolean" },
      profile: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
}

/** Reads the command line; all benchmarks when none is named. */
export function parseCommandLine(args: readonly string[]): Parsed {
  const known = Object.keys(BENCHMARKS);
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const { positionals, values } = parsed;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined)
    return { problem: `There is no benchmark ${unknown}. There are: ${known.join(", ")}.` };
  const runs = runsOf(values.runs);
  if (runs === null) return { problem: `--runs takes a number of at least 1, not ${values.runs}.` };
  const names = positionals.length === 0 ? known : positionals;
  const { all, profile, help } = values;
  return { names, runs, isAll: all === true, isProfile: profile === true, isHelp: help === true };
}

import { COMMANDS, type CommandSpec } from "./commands.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "./options.ts";
import { wrap } from "./terminal/problems.ts";
import { SLUICE_VERSION } from "./version.ts";

function column(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

function optionRows(options: readonly OptionSpec[]): (readonly [string, string])[] {
  return options.map((option) => [
    `--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`,
    option.summary,
  ]);
}

/** `sluice --help`. */
export function generalHelp(): string {
  return `sluice ${SLUICE_VERSION}: continuous delivery for AWS Lambda

Updates the code of the functions that exist, in the environment that the
branch maps to, and of no others.

Usage: sluice COMMAND [OPTION…]

Commands
${column(COMMANDS.map((command) => [command.name, command.summary]))}

Options of every command
${column(optionRows(GLOBAL_OPTIONS))}

Each option can be given as SLUICE_<OPTION> in the environment too.
\`sluice COMMAND --help\` shows a command's own options.

Exit codes
${column([
  ["0", "done"],
  ["1", "a defect in Sluice"],
  ["2", "usage or configuration error: nothing was attempted"],
  ["3", "a gate refused: nothing was written"],
  ["4", "some target failed or is in conflict; the others were completed"],
  ["5", "--require-existing, and a function is absent: nothing was written"],
  ["130", "interrupted; the report says what was done"],
])}
`;
}

/** `sluice COMMAND --help`. */
export function commandHelp(command: CommandSpec): string {
  const own = command.options.length === 0 ? "" : `Options\n${column(optionRows(command.options))}\n\n`;
  return `${command.usage}

${wrap(command.details, 80).join("\n")}

${own}Options of every command
${column(optionRows(GLOBAL_OPTIONS))}
`;
}

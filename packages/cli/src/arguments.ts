import { parseArgs } from "node:util";
import { nearestOf } from "@sluice/core";
import { type CommandSpec, LATER_COMMANDS } from "./commands.ts";
import { cliErrors } from "./errors.ts";
import { GLOBAL_OPTIONS, type OptionSpec, type OptionValues } from "./options.ts";

/** A parsed command line. */
export interface Arguments {
  readonly command: string | null;
  /** Arguments without a dash after the command. */
  readonly operands: readonly string[];
  readonly options: OptionValues;
}

/** `SLUICE_DRY_RUN` for `dry-run`. */
export function variableOf(option: string): string {
  return `SLUICE_${option.replaceAll("-", "_").toUpperCase()}`;
}

function convert(spec: OptionSpec, value: string | boolean, shown: string): string | number | boolean {
  if (spec.kind === "flag") {
    if (typeof value === "boolean") return value;
    if (/^(?:1|true|yes|on)$/i.test(value)) return true;
    if (/^(?:0|false|no|off|)$/i.test(value)) return false;
    throw cliErrors.optionValue(shown, "true or false", `\`${value}\``);
  }
  if (typeof value === "boolean" || value === "")
    throw cliErrors.optionValue(shown, spec.value ?? "a value", "none");
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw cliErrors.optionValue(shown, spec.choices.join(", "), `\`${value}\``);
  }
  if (spec.kind === "text") return value;
  const number = Number(value);
  const { maximum = 1000 } = spec;
  if (!Number.isInteger(number) || number < 1 || number > maximum)
    throw cliErrors.optionValue(shown, `a whole number from 1 to ${maximum}`, `\`${value}\``);

  return number;
}

/** An option as it stands on the command line. */
interface Given {
  readonly name: string;
  readonly value: string | boolean;
  /** Whether name and value are one argument: `--to=prod`. */
  readonly inline: boolean;
}

/** Contradicting oneself is no choice; nor is another option a value, which would be taken for one where it is left out. */
function checkGiven(options: readonly Given[], specs: readonly OptionSpec[]): void {
  const seen = new Map<string, string | boolean>();
  for (const { name, value, inline } of options) {
    const spec = specs.find((each) => each.name === name);
    if (spec === undefined || spec.kind === "flag") continue;
    if (typeof value === "string" && value.startsWith("--") && !inline)
      throw cliErrors.optionValue(`--${name}`, spec.value ?? "a value", `the option \`${value}\``);
    const earlier = seen.get(name);
    if (earlier !== undefined && earlier !== value)
      throw cliErrors.optionTwice(`--${name}`, String(earlier), String(value));
    seen.set(name, value);
  }
}

/** The command is the first argument that is neither an option nor an option's value. */
function findCommand(argv: readonly string[]): {
  readonly name: string | null;
  readonly rest: readonly string[];
} {
  const taking = new Set(
    GLOBAL_OPTIONS.filter((spec) => spec.kind !== "flag").map((spec) => `--${spec.name}`),
  );
  let skip = false;
  for (const [index, argument] of argv.entries()) {
    if (skip) skip = false;
    else if (taking.has(argument)) skip = true;
    else if (!argument.startsWith("-")) return { name: argument, rest: argv.toSpliced(index, 1) };
  }
  return { name: null, rest: argv };
}

/** Options from `SLUICE_<OPTION>`: weaker than the command line, stronger than the configuration. */
function fromEnvironment(
  specs: readonly OptionSpec[],
  env: Readonly<Record<string, string | undefined>>,
): OptionValues {
  const values: Record<string, string | number | boolean> = {};
  for (const spec of specs) {
    if (spec.name === "help" || spec.name === "version") continue;
    const value = env[variableOf(spec.name)];
    if (value !== undefined && value !== "") values[spec.name] = convert(spec, value, variableOf(spec.name));
  }
  return values;
}

/**
 * Parses a command line by the tables of commands and options.
 *
 * @param argv - without the interpreter and the script
 * @throws SLUICE_UNKNOWN_COMMAND, SLUICE_UNKNOWN_OPTION, SLUICE_OPTION_INVALID; exit code 2
 */
export function parseArguments(
  argv: readonly string[],
  commands: readonly CommandSpec[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments {
  const { name, rest } = findCommand(argv);
  const command = commands.find((each) => each.name === name);
  if (name !== null && LATER_COMMANDS.includes(name)) throw cliErrors.laterCommand(name);
  if (name !== null && command === undefined) {
    throw cliErrors.unknownCommand(
      name,
      nearestOf(
        name,
        commands.map((each) => each.name),
      ),
    );
  }
  const specs = [...GLOBAL_OPTIONS, ...(command?.options ?? [])];
  const types = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      { type: spec.kind === "flag" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const parsed = parseArgs({
    args: [...rest],
    options: { ...types, help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  checkGiven(
    parsed.tokens.flatMap((token) =>
      token.kind === "option"
        ? [{ name: token.name, value: token.value ?? true, inline: token.inlineValue ?? false }]
        : [],
    ),
    specs,
  );
  const given: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(parsed.values)) {
    const spec = specs.find((each) => each.name === key);
    if (spec === undefined) {
      const shown = key.length === 1 ? `-${key}` : `--${key}`;
      throw cliErrors.unknownOption(
        shown,
        name ?? "",
        nearestOf(
          key,
          specs.map((each) => each.name),
        ),
      );
    }
    if (typeof value === "string" || typeof value === "boolean")
      given[key] = convert(spec, value, `--${key}`);
  }
  return {
    command: name,
    operands: parsed.positionals,
    options: { ...fromEnvironment(specs, env), ...given },
  };
}

import { setTimeout } from "node:timers/promises";
import { defect, EXIT_CODES, isSluiceError, type SluiceError } from "@sluice/core";
import { type Arguments, parseArguments, variableOf } from "./arguments.ts";
import { COMMANDS, type CommandSpec } from "./commands.ts";
import { cliErrors } from "./errors.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { guardProcess, type ProcessGuard } from "./process-guard.ts";
import { errorDocument } from "./report/error-document.ts";
import { createSession, flagOption, type Session, textOption } from "./session.ts";
import { createColors } from "./terminal/colors.ts";
import { formatProblems } from "./terminal/problems.ts";
import { SLUICE_VERSION } from "./version.ts";

/**
 * Lets esbuild, a Go program, grow to three times what it needs before it collects garbage, instead of twice: a seventh less
 * processor time. In this process's variables alone, from which esbuild takes its own; commands of the user's get the session's.
 */
function spareCollections(env: NodeJS.ProcessEnv): void {
  if (env["GOGC"] === undefined && env["GOMEMLIMIT"] === undefined) env["GOGC"] = "200";
}

/** Whoever asked for JSON reads JSON, also when the command line could not be parsed. */
function wantsJson(process: NodeJS.Process): boolean {
  return (
    process.argv.includes("--json") || /^(?:1|true|yes|on)$/i.test(process.env[variableOf("json")] ?? "")
  );
}

/** An error before there is a session. */
function showEarly(error: SluiceError, process: NodeJS.Process, guard: ProcessGuard): void {
  const colors = createColors({
    isTerminal: process.stderr.isTTY === true,
    noColor: false,
    env: process.env,
  });
  process.stderr.write(`${formatProblems(error.problems, colors)}\n`);
  if (wantsJson(process))
    guard.writeResult(`${JSON.stringify({ schema: 1, command: null, ...errorDocument(error) }, null, 2)}\n`);
}

/** What an error came from, and what that came from: the last one says the most. Each once, as a chain may lead back. */
function causesOf(error: Error): ReadonlySet<unknown> {
  const causes = new Set<unknown>();
  for (
    let { cause } = error;
    cause !== undefined && !causes.has(cause);
    cause = (cause as Error | null)?.cause
  )
    causes.add(cause);
  return causes;
}

/** Shows an error on stderr, and under `--json` as the document on stdout. */
async function showError(error: SluiceError, session: Session): Promise<void> {
  const { context, colors, json, arguments: args } = session;
  for (const cause of causesOf(error)) context.log.debug(String((cause as Error)?.stack ?? cause));
  if (session.reportFailure !== null) return session.reportFailure(error);
  context.log.error(formatProblems(error.problems, colors));
  if (json) session.printJson({ schema: 1, command: args.command, ...errorDocument(error) });
}

/** What esbuild says once its process is gone. */
const ESBUILD_GONE = /The service (?:was stopped|is no longer running)/;

/** Ctrl-C reaches esbuild's process, too, which may be gone before the signal is told here: then that was the reason. */
async function reasonOf(error: unknown, session: Session): Promise<unknown> {
  if (!ESBUILD_GONE.test(String((error as Error | null)?.message))) return error;
  const told = session.interrupted.catch((reason: unknown) => reason);
  return Promise.race([told, setTimeout(250, error)]);
}

/** Commands that act at once, so that there is nothing to leave out. */
const NO_DRY_RUN = new Set(["init", "invoke", "local"]);

/** Commands that have targets to report. */
const REPORTING = new Set(["deploy", "plan", "promote", "rollback"]);

/** A variable may ask every command of a job for a report: those that have none say so, and go on. */
function noteUnreported(session: Session, command: CommandSpec): void {
  if (REPORTING.has(command.name) || textOption(session.arguments, "junit") === undefined) return;
  session.context.log.warn(`\`sluice ${command.name}\` has no JUnit report; none is written.`);
}

function checkUse(args: Arguments, command: CommandSpec): void {
  if (args.operands.length > command.operands) {
    const surplus = args.operands.slice(command.operands).join(" ");
    throw cliErrors.usage(`\`sluice ${command.name}\` does not take \`${surplus}\`.`, command.usage);
  }
  if (NO_DRY_RUN.has(command.name) && flagOption(args, "dry-run")) {
    throw cliErrors.usage(`\`sluice ${command.name}\` cannot be tried with --dry-run.`, command.usage);
  }
}

async function runCommand(session: Session, command: CommandSpec, guard: ProcessGuard): Promise<number> {
  try {
    const work = command.load().then((run) => run(session));
    work.catch(() => undefined);
    return await Promise.race([work, session.interrupted, guard.unhandled]);
  } catch (thrown) {
    const error = await reasonOf(thrown, session);
    const known = isSluiceError(error) ? error : defect(error, "running a command");
    await showError(known, session);
    return known.exitCode;
  } finally {
    session.dispose();
  }
}

async function start(process: NodeJS.Process, guard: ProcessGuard): Promise<number> {
  try {
    const args = parseArguments(process.argv.slice(2), COMMANDS, process.env);
    const command = COMMANDS.find((each) => each.name === args.command);
    if (flagOption(args, "version")) guard.writeResult(`${SLUICE_VERSION}\n`);
    else if (flagOption(args, "help"))
      guard.writeResult(command === undefined ? generalHelp() : commandHelp(command));
    else if (command === undefined) {
      if (wantsJson(process)) throw cliErrors.usage("No command was given.", "sluice COMMAND [OPTION…]");
      process.stderr.write(generalHelp());
      return EXIT_CODES.usage;
    } else {
      checkUse(args, command);
      const session = createSession(process, args, guard);
      spareCollections(process.env);
      noteUnreported(session, command);
      return await runCommand(session, command, guard);
    }
    return 0;
  } catch (error) {
    const known = isSluiceError(error) ? error : defect(error, "starting");
    showEarly(known, process, guard);
    return known.exitCode;
  }
}

/** The whole of `sluice`, for one process, which it ends. */
export async function main(process: NodeJS.Process): Promise<void> {
  const guard = guardProcess(process, wantsJson(process));
  await guard.finish(await start(process, guard));
}

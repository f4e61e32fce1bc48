import { defect, EXIT_CODES, isSluiceError } from "@sluice/core";
import { parseArguments } from "./arguments.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { errorDocument } from "./report/error-document.ts";
import { createSession, flagOption, type Session } from "./session.ts";
import { createColors } from "./terminal/colors.ts";
import { formatProblem } from "./terminal/problems.ts";
import { SLUICE_VERSION } from "./version.ts";

/** Shows an error on stderr, and under `--json` as the document on stdout. */
function showError(error: unknown, session: Session | null, process: NodeJS.Process): number {
  const known = isSluiceError(error) ? error : defect(error, "running a command");
  const colors =
    session?.colors ??
    createColors({ isTerminal: process.stderr.isTTY === true, noColor: false, env: process.env });
  const text = known.problems.map((problem) => formatProblem(problem, colors)).join("\n\n");
  if (session === null) process.stderr.write(`${text}\n`);
  else session.context.log.error(text);
  const cause = known.cause;
  if (!isSluiceError(error) || cause !== undefined)
    session?.context.log.debug(String((cause as Error)?.stack ?? cause));
  // Also when the command line could not be parsed: whoever asked for JSON reads JSON.
  if (session?.json ?? process.argv.includes("--json")) {
    const command = session?.arguments.command ?? null;
    const document = JSON.stringify({ schema: 1, command, ...errorDocument(known) }, null, 2);
    if (session === null) process.stdout.write(`${document}\n`);
    else session.print(document);
  }
  return known.exitCode;
}

/**
 * The whole of `sluice`, for one process.
 *
 * @returns the exit code
 */
export async function main(process: NodeJS.Process): Promise<number> {
  let session: Session | null = null;
  try {
    const args = parseArguments(process.argv.slice(2), COMMANDS, process.env);
    if (flagOption(args, "version")) {
      process.stdout.write(`${SLUICE_VERSION}\n`);
      return 0;
    }
    const { command: name } = args;
    const command = COMMANDS.find((each) => each.name === name);
    if (command === undefined || flagOption(args, "help")) {
      process.stdout.write(command === undefined ? generalHelp() : commandHelp(command));
      return command === undefined && !flagOption(args, "help") ? EXIT_CODES.usage : 0;
    }
    session = createSession(process, args);
    const run = await command.load();
    return await run(session);
  } catch (error) {
    return showError(error, session, process);
  } finally {
    session?.dispose();
  }
}

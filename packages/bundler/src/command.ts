import { x } from "tinyexec";
import { commandFailed } from "./ready-errors.ts";
import type { Work } from "./session.ts";

/** Lines of output that an error shows. */
const TAIL = 20;

/** Ends the shell with all that it started: they are a process group of their own. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

async function run(work: Work, command: string): Promise<void> {
  const { fn, session } = work;
  const { context } = session;
  context.signal.throwIfAborted();
  const child = x(command, [], {
    nodeOptions: {
      cwd: session.root,
      env: {
        ...context.env,
        SLUICE_FUNCTION: fn.name,
        SLUICE_RUNTIME: fn.runtime,
        SLUICE_ARCHITECTURE: fn.architecture,
      },
      shell: true,
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"],
    },
  });
  const onAbort = (): void => endGroup(child.pid);
  context.signal.addEventListener("abort", onAbort, { once: true });
  const tail: string[] = [];
  try {
    for await (const line of child) {
      context.log.debug(`${fn.name}: ${line}`);
      tail.push(context.redact(line));
      if (tail.length > TAIL) tail.shift();
    }
  } finally {
    context.signal.removeEventListener("abort", onAbort);
  }
  context.signal.throwIfAborted();
  const { exitCode, signalCode } = child;
  if (exitCode === 0) return;
  const exit = signalCode === null ? `exit code ${exitCode ?? "unknown"}` : `signal ${signalCode}`;
  throw commandFailed(fn.name, context.redact(command), exit, tail);
}

/**
 * Runs a function's build command in the repository's root with the run's environment, and `SLUICE_FUNCTION`,
 * `SLUICE_RUNTIME` and `SLUICE_ARCHITECTURE` of the first function that has it. A command that several functions
 * share runs once in a run.
 *
 * @throws `SLUICE_COMMAND_FAILED` with the exit code and the last 20 lines of output
 */
export function runCommand(work: Work, command: string): Promise<void> {
  const known = work.session.commands.get(command);
  if (known !== undefined) return known;
  const started = run(work, command);
  work.session.commands.set(command, started);
  return started;
}

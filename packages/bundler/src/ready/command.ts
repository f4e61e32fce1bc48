import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setImmediate as afterReading, setTimeout as sleep } from "node:timers/promises";
import { x } from "tinyexec";
import type { Work } from "../session.ts";
import { commandFailed } from "./errors.ts";

/** Lines of output that an error shows. */
const TAIL = 20;

/** Time that a cancelled command has to end by itself. */
const GRACE_MS = 5000;

/** Time in which what the command wrote last is read, once it has ended. */
const DRAIN_MS = 200;

/** Ends the shell with all that it started: they are a process group of their own. */
function endGroup(pid: number | undefined, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Hands each line of both streams on. The promise is there when both have ended. */
function readLines(streams: readonly (Readable | null)[], onLine: (line: string) => void): Promise<unknown> {
  return Promise.all(
    streams.map(async (stream) => {
      if (stream === null) return;
      const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
      lines.on("line", onLine);
      await once(lines, "close");
    }),
  );
}

/**
 * Waits for the shell itself. A process that it left in the background may keep the pipes open as long as it likes: it is not ended,
 * and not waited for.
 */
async function ended(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  const streams = [child.stdout, child.stderr];
  const drained = readLines(streams, onLine);
  await once(child, "exit");
  const controller = new AbortController();
  // Where this process was busy all that time, what lies in the pipes is still read first.
  const late = sleep(DRAIN_MS, undefined, { signal: controller.signal }).then(
    () => afterReading(),
    () => undefined,
  );
  await Promise.race([drained, late]);
  controller.abort();
  for (const stream of streams) stream?.destroy();
}

/** Groups that are at work. One listener ends them all: Node.js warns of more than ten. */
const running = new Set<number | undefined>();

function killRunning(): void {
  for (const pid of running) endGroup(pid, "SIGKILL");
}

/** Ends the command when the run is cancelled, and whatever is left of it 5 s later or when this process ends. */
function endOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => endGroup(child.pid, "SIGKILL");
  const onAbort = (): void => {
    endGroup(child.pid, "SIGTERM");
    timer = setTimeout(kill, GRACE_MS);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (running.size === 0) process.on("exit", killRunning);
  running.add(child.pid);
  return () => {
    // What the shell started may have outlived it.
    if (signal.aborted) kill();
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    running.delete(child.pid);
    if (running.size === 0) process.off("exit", killRunning);
  };
}

async function run(work: Work, command: string): Promise<void> {
  const { fn, session } = work;
  const { context } = session;
  context.signal.throwIfAborted();
  const { process: child } = x(command, [], {
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
  if (child === undefined) throw commandFailed(fn.name, context.redact(command), "no process", []);
  const release = endOnAbort(child, context.signal);
  const tail: string[] = [];
  try {
    await ended(child, (line) => {
      context.log.debug(`${fn.name}: ${line}`);
      tail.push(context.redact(line));
      if (tail.length > TAIL) tail.shift();
    });
  } finally {
    release();
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

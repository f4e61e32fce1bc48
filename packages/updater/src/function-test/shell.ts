import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { endChild, trackChild } from "@sluice/artifact";

/** Lines of output that are kept. */
const TAIL = 20;
/** Characters of a line that are kept. */
const WIDEST = 2_000;
/** Milliseconds that a command has to end by itself when it is told to. */
const GRACE = 5_000;
/** Milliseconds in which what the command wrote last is read, once it has ended. */
const DRAIN = 200;
/** Milliseconds between two looks at whether a group of processes is gone. */
const POLL = 50;

export interface ShellOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

type How =
  | { readonly how: "exit"; readonly code: number }
  | { readonly how: "signal"; readonly signal: string }
  | { readonly how: "not-started"; readonly reason: string }
  | { readonly how: "late" | "cancelled" };

/** How a command ended, with the last lines of both of its outputs. */
export type Ended = How & { readonly tail: readonly string[] };

/**
 * Runs a command by the shell, in a process group of its own. When its time is up, or the run is cancelled, the whole group is
 * told to end, and killed 5 s later. What it left in the background is not waited for.
 */
export async function runShell(command: string, options: ShellOptions): Promise<Ended> {
  const { cwd, env, onLine, signal } = options;
  // It waited for its turn.
  if (signal.aborted) return { how: "cancelled", tail: [] };
  const tail: string[] = [];
  const leads = process.platform !== "win32";
  const child = spawn(command, { cwd, env, shell: true, detached: leads, stdio: ["ignore", "pipe", "pipe"] });
  trackChild(child, leads);
  const keep = (line: string): void => {
    onLine(line);
    tail.push(line.slice(0, WIDEST));
    if (tail.length > TAIL) tail.shift();
  };
  const drained = Promise.all([readLines(child.stdout, keep), readLines(child.stderr, keep)]);
  const how = await endOf(child, options);
  await Promise.race([drained, delay(DRAIN)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { ...how, tail };
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", onLine);
  await once(lines, "close");
}

async function endOf(child: ChildProcess, { timeoutMs, signal }: ShellOptions): Promise<How> {
  let ended: "late" | "cancelled" | null = null;
  let killing: NodeJS.Timeout | undefined;
  const end = (why: "late" | "cancelled"): void => {
    if (ended !== null) return;
    ended = why;
    terminate(child);
    killing = setTimeout(() => endChild(child), GRACE);
  };
  const onAbort = (): void => end("cancelled");
  const timer = setTimeout(() => end("late"), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const [code, name] = (await once(child, "exit")) as [number | null, string | null];
    if (ended !== null) {
      await groupEnded(child);
      return { how: ended };
    }
    return name === null ? { how: "exit", code: code ?? 1 } : { how: "signal", signal: name };
  } catch (error) {
    return { how: "not-started", reason: (error as Error).message };
  } finally {
    clearTimeout(timer);
    clearTimeout(killing);
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the shell started may outlive it: it has the rest of its time, and is killed then. */
async function groupEnded(child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < GRACE && isGroupAlive(child); waited += POLL) await delay(POLL);
  endChild(child);
}

function isGroupAlive({ pid }: ChildProcess): boolean {
  if (pid === undefined || process.platform === "win32") return false;
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

/** Tells the shell and all that it has started to end. */
function terminate(child: ChildProcess): void {
  try {
    if (child.pid !== undefined)
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

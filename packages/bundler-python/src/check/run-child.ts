import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { endChild, isStarved, keepTail, trackChild } from "@sluice/artifact";
import { CHANNEL, CHILD_SOURCE } from "./child-source.ts";
import type { Answer, Job } from "./job.ts";

/** What a child came to. */
export interface Ran {
  /** `null`: it ended, or was ended, without one. */
  readonly answer: Extract<Answer, { type: "verdict" }> | null;
  /** What was tried that is off, each once. */
  readonly off: readonly string[];
  readonly timedOut: boolean;
  /** Whether it came to load anything. */
  readonly started: boolean;
  /** As `exit code 1` or `signal SIGSEGV`; `null`: it could not be started. */
  readonly end: string | null;
  /** The last of what it wrote to its standard error. */
  readonly tail: string;
}

export interface ChildOptions {
  /** Path of Python. */
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** From the moment when the handler begins to load; of one that is at work all the time, up to six times that. */
  readonly timeoutMs: number;
  /** Whether compiled modules stay beside their sources, for others that load the same. */
  readonly keepCompiled: boolean;
}

/** No variables of Python's own, no site-packages, no warnings, and UTF-8 whatever the locale is, as on Lambda. */
const FLAGS = ["-I", "-S", "-W", "ignore", "-X", "utf8"];

const TAIL = 2000;

const MAXIMUM_TIMES = 6;

/** Of a core's time, how many limits one may take: this machine may be slower than Lambda's. */
const WORK_TIMES = 3;

/** An answer, if the line is one: the module under check can write here too, but not by chance with the token before it. */
function answerOf(line: string, token: string): Answer | null {
  return line.startsWith(`${token} `) ? (JSON.parse(line.slice(token.length + 1)) as Answer) : null;
}

function start(options: ChildOptions, job: Job): ChildProcess {
  const flags = options.keepCompiled ? FLAGS : [...FLAGS, "-B"];
  const child = spawn(options.python, [...flags, "-c", CHILD_SOURCE], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    windowsHide: true,
    detached: process.platform !== "win32",
  });
  trackChild(child, true);
  // A child that cannot be started, or ends at once, is told by its end.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(JSON.stringify(job));
  return child;
}

/** Reads the answers until the verdict is there, then ends the child. */
function listen(child: ChildProcess, token: string, timeoutMs: number): () => Omit<Ran, "end" | "tail"> {
  const off = new Set<string>();
  let answer: Ran["answer"] = null;
  let timer: NodeJS.Timeout | undefined;
  let timedOut = false;
  let started = false;
  const onTimeout = (times: number): void => {
    if (times > 1 && isStarved(child.pid, WORK_TIMES * timeoutMs)) {
      timer = setTimeout(onTimeout, timeoutMs, times - 1);
      return;
    }
    timedOut = true;
    endChild(child);
  };
  const lines = createInterface({ input: child.stdio[CHANNEL] as Readable });
  lines.on("line", (line) => {
    const told = answerOf(line, token);
    if (told?.type === "off" && off.size < 20) off.add(told.what);
    if (told?.type === "started" && !started) {
      started = true;
      timer = setTimeout(onTimeout, timeoutMs, MAXIMUM_TIMES);
    }
    if (told?.type === "verdict" && answer === null) {
      answer = told;
      endChild(child);
    }
  });
  child.once("close", () => clearTimeout(timer));
  return () => ({ answer, off: [...off], timedOut: timedOut && answer === null, started });
}

/**
 * Loads a handler, or compiles own files, in a child process and waits until that has ended.
 *
 * @throws the signal's reason when cancelled
 */
export async function runChild(options: ChildOptions, job: Omit<Job, "token">): Promise<Ran> {
  options.signal.throwIfAborted();
  const token = randomBytes(16).toString("hex");
  const child = start(options, { ...job, token });
  const state = listen(child, token, options.timeoutMs);
  const tail = keepTail(child.stderr, TAIL);
  const onAbort = (): void => endChild(child);
  // What it started may outlive it, and keep its streams open.
  child.once("exit", onAbort);
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    options.signal.throwIfAborted();
    return { ...state(), tail: tail(), end: signal === null ? `exit code ${code}` : `signal ${signal}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { ...state(), tail: String(error), end: null };
  } finally {
    options.signal.removeEventListener("abort", onAbort);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { isStarved, keepTail, trackChild } from "@sluice/artifact";
import type { Answer, Job } from "./child/job.ts";

/** What a child came to. */
export interface Ran {
  /** `null`: it ended, or was ended, without one. */
  readonly answer: Extract<Answer, { type: "verdict" }> | null;
  /** What was tried that is off, each once. */
  readonly off: readonly string[];
  readonly timedOut: boolean;
  /** As `exit code 1` or `signal SIGSEGV`; `null`: it could not be started. */
  readonly end: string | null;
  /** The last of what it wrote to its standard error. */
  readonly tail: string;
}

export interface ChildOptions {
  /** Path of Node.js. */
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** From the moment when the handler begins to load; of a machine that is too busy to run it, up to six times that. */
  readonly timeoutMs: number;
}

/** Beside this module as it is built; a test that runs the source takes the built one too. */
const CHILD: string = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/check/import-check-child.js" : "./import-check-child.js",
    import.meta.url,
  ),
);

const TAIL = 2000;

const MAXIMUM_TIMES = 6;

/** An answer, if the line is one: the module under check can write here too, but it does not know the token. */
function answerOf(line: string, token: string): Answer | null {
  return line.startsWith(`${token} `) ? (JSON.parse(line.slice(token.length + 1)) as Answer) : null;
}

function start(options: ChildOptions, job: Job): ChildProcess {
  const child = spawn(options.node, [CHILD], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  trackChild(child);
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
  const onTimeout = (times: number): void => {
    if (times > 1 && isStarved(child.pid, timeoutMs)) {
      timer = setTimeout(onTimeout, timeoutMs, times - 1);
      return;
    }
    timedOut = true;
    child.kill("SIGKILL");
  };
  const lines = createInterface({ input: child.stdio[3] as Readable });
  lines.on("line", (line) => {
    const told = answerOf(line, token);
    if (told?.type === "off" && off.size < 20) off.add(told.what);
    if (told?.type === "started") timer = setTimeout(onTimeout, timeoutMs, MAXIMUM_TIMES);
    if (told?.type === "verdict" && answer === null) {
      answer = told;
      child.kill("SIGKILL");
    }
  });
  child.once("close", () => clearTimeout(timer));
  return () => ({ answer, off: [...off], timedOut: timedOut && answer === null });
}

/**
 * Loads a handler in a child process and waits until that has ended.
 *
 * @throws the signal's reason when cancelled
 */
export async function runChild(options: ChildOptions, job: Omit<Job, "token">): Promise<Ran> {
  options.signal.throwIfAborted();
  const token = randomBytes(16).toString("hex");
  const child = start(options, { ...job, token });
  const state = listen(child, token, options.timeoutMs);
  const tail = keepTail(child.stderr, TAIL);
  const kill = (): void => void child.kill("SIGKILL");
  options.signal.addEventListener("abort", kill, { once: true });
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    options.signal.throwIfAborted();
    return { ...state(), tail: tail(), end: signal === null ? `exit code ${code}` : `signal ${signal}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { ...state(), tail: String(error), end: null };
  } finally {
    options.signal.removeEventListener("abort", kill);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { trackChild } from "@sluice/artifact";
import type { Python } from "../check/find-python.ts";
import { CHILD_SOURCE } from "./child-source.ts";

export interface Source {
  /** What tracebacks name: as `/var/task/app.py`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What the compiler came to. */
export interface Compiled {
  /** Contents of `.pyc` files in the order of the sources, `null` for what is not Python; fewer when it ended too early. */
  readonly modules: readonly (Uint8Array | null)[];
  /** As `exit code 1: …`. */
  readonly end: string;
}

/** Not `-I`: it would hide the seed, which the order of sets in constants hangs on before Python 3.11. */
const FLAGS = ["-S", "-s", "-B", "-W", "ignore", "-X", "utf8", "-c", CHILD_SOURCE];

const TAIL = 1000;

function* tasks(sources: readonly Source[]): Generator<Uint8Array> {
  for (const { path, bytes } of sources) {
    yield Buffer.from(`${JSON.stringify({ path, size: bytes.length })}\n`);
    if (bytes.length > 0) yield bytes;
  }
}

function parse(answers: Buffer): (Uint8Array | null)[] {
  const modules: (Uint8Array | null)[] = [];
  for (let at = 0; at < answers.length; ) {
    const line = answers.indexOf("\n", at);
    const size = line === -1 ? Number.NaN : Number(answers.toString("latin1", at, line));
    const end = line + 1 + Math.max(0, size);
    if (!Number.isInteger(size) || end > answers.length) break;
    modules.push(size < 0 ? null : answers.subarray(line + 1, end));
    at = end;
  }
  return modules;
}

function start({ path }: Python, env: Readonly<Record<string, string | undefined>>): ChildProcess {
  const child = spawn(path, FLAGS, {
    cwd: tmpdir(),
    // Windows starts nothing without its root.
    env: { PYTHONHASHSEED: "0", ...(env["SystemRoot"] ? { SystemRoot: env["SystemRoot"] } : {}) },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  trackChild(child);
  return child;
}

/**
 * Compiles `sources` in one process.
 *
 * @throws the signal's reason when cancelled
 */
export async function runCompiler(
  python: Python,
  sources: readonly Source[],
  context: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<Compiled> {
  const { signal } = context;
  signal.throwIfAborted();
  const child = start(python, context.env);
  const answers: Buffer[] = [];
  let tail = "";
  child.stdout?.on("data", (chunk: Buffer) => answers.push(chunk));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-TAIL);
  });
  const kill = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    const closed = once(child, "close");
    // One that ends early, or cannot be started, is told by its end.
    if (child.stdin) await pipeline(Readable.from(tasks(sources)), child.stdin).catch(() => undefined);
    const [code, by] = (await closed) as [number | null, NodeJS.Signals | null];
    signal.throwIfAborted();
    const end = by === null ? `exit code ${code}` : `signal ${by}`;
    return { modules: parse(Buffer.concat(answers)), end: `${end}${tail === "" ? "" : `: ${tail.trim()}`}` };
  } catch (error) {
    signal.throwIfAborted();
    return { modules: [], end: error instanceof Error ? error.message : String(error) };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { endChild, trackChild } from "@sluice/artifact";
import type { RunContext } from "@sluice/core";

/** A command with the arguments that always stand first, as `python3 -m uv`. */
export interface Tool {
  /** A name on the PATH, or an absolute path. */
  readonly command: string;
  readonly prefix: readonly string[];
}

export interface ToolOptions {
  /** Absolute path. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. Default ten minutes: a first resolution over a slow line downloads much. */
  readonly timeoutMs?: number;
}

/** What a command came to. */
export interface ToolResult {
  readonly ok: boolean;
  /** As it came: it may hold secrets. */
  readonly stdout: string;
  /** As it came: it may hold secrets. */
  readonly stderr: string;
  /** `null`: it could not be started, or was ended. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
}

const TIMEOUT_MS = 600_000;

function gather(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

/**
 * Runs a command and waits for its end. One that cannot be started is a result like any other that failed. Cancelling, the
 * time-out and the end of this process end it with all that it started.
 *
 * @throws the signal's reason when the run is cancelled
 */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  context: Pick<RunContext, "signal">,
  options: ToolOptions,
): Promise<ToolResult> {
  context.signal.throwIfAborted();
  const child = spawn(tool.command, [...tool.prefix, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  trackChild(child, true);
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endChild(child);
  }, options.timeoutMs ?? TIMEOUT_MS);
  const onAbort = (): void => endChild(child);
  context.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const [exitCode] = (await once(child, "close")) as [number | null];
    context.signal.throwIfAborted();
    return { ok: exitCode === 0, stdout: stdout(), stderr: stderr(), exitCode, timedOut };
  } catch (error) {
    context.signal.throwIfAborted();
    return { ok: false, stdout: "", stderr: String(error), exitCode: null, timedOut };
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener("abort", onAbort);
  }
}

import type { RunContext } from "@sluice/core";
import { x } from "tinyexec";

/** What a command came to. */
export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Last lines of both streams, redacted: for people. */
  readonly tail: string;
}

/** Milliseconds. An installation from a slow index takes minutes. */
const TIMEOUT = 600_000;
const TAIL_LINES = 15;
const TAIL_WIDTH = 400;

/** The last lines of a text that say something. */
export function tailOf(text: string, lines: number = TAIL_LINES): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-lines)
    .map((line) => (line.length > TAIL_WIDTH ? `${line.slice(0, TAIL_WIDTH)}…` : line))
    .join("\n");
}

/**
 * Runs a command with the run's environment, as installations must: indexes, proxies and certificates are configured
 * there. A command that does not exist is a result like any other that failed.
 *
 * @throws the signal's reason when the run is cancelled; the command is ended
 */
export async function run(
  command: string,
  args: readonly string[],
  context: RunContext,
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  context.signal.throwIfAborted();
  const env = { ...context.env, ...options.env };
  try {
    const result = await x(command, [...args], {
      signal: context.signal,
      timeout: TIMEOUT,
      nodePath: false,
      nodeOptions: { env, cwd: options.cwd },
    });
    context.signal.throwIfAborted();
    const tail = tailOf(context.redact(`${result.stdout}\n${result.stderr}`));
    return { ok: result.exitCode === 0, stdout: result.stdout, tail };
  } catch (error) {
    context.signal.throwIfAborted();
    return { ok: false, stdout: "", tail: error instanceof Error ? error.message : String(error) };
  }
}

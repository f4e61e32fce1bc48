import { spawn } from "node:child_process";
import { once } from "node:events";

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process's is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the command and whatever it has started. */
  readonly signal?: AbortSignal;
  /** Told the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void;
}

/** What a command has to clean up takes less. */
const GRACE_MS = 5_000;

/** Ends a process group, politely first; gives back how to stop doing so. */
function endGroup(pid: number): () => void {
  const send = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group has ended by itself.
    }
  };
  send("SIGTERM");
  const timer = setTimeout(() => send("SIGKILL"), GRACE_MS);
  return () => clearTimeout(timer);
}

/**
 * Runs a command to its end. An aborted one is waited for, so that its folder can be removed.
 *
 * @returns stdout
 * @throws with what it printed, when it exits with anything but 0 or cannot be started
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal, onStart }: CommandOptions,
): Promise<string> {
  signal?.throwIfAborted();
  // A process group of its own: npm, npx and the like would leave behind what they have started.
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let stopEnding = (): void => {};
  const end = (): void => {
    if (child.pid !== undefined) stopEnding = endGroup(child.pid);
  };
  signal?.addEventListener("abort", end, { once: true });
  if (child.pid !== undefined) onStart?.(child.pid);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const [code, killedBy] = (await once(child, "close").finally(() => {
    signal?.removeEventListener("abort", end);
    stopEnding();
  })) as [number | null, NodeJS.Signals | null];
  signal?.throwIfAborted();
  if (code !== 0)
    throw new Error(
      `${[command, ...args].join(" ")} ended with ${code ?? killedBy}:\n${output.stderr}${output.stdout}`,
    );
  return output.stdout;
}

import { spawn } from "node:child_process";
import { once } from "node:events";

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process's is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Kills the command. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a command to its end.
 *
 * @returns stdout
 * @throws with what it printed, when it exits with anything but 0 or cannot be started
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: CommandOptions,
): Promise<string> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const [code, killedBy] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code !== 0)
    throw new Error(
      `${[command, ...args].join(" ")} ended with ${code ?? killedBy}:\n${output.stderr}${output.stdout}`,
    );
  return output.stdout;
}

import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a process came to. */
export interface Ran {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing of this process's is added. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a program to its end, without a shell and without standard input. */
export async function runProcess(
  file: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Ran> {
  const child = spawn(file, args, { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  const [exitCode] = (await once(child, "close")) as [number | null];
  const text = (name: "stdout" | "stderr"): string => Buffer.concat(chunks[name]).toString("utf8");
  return { exitCode, stdout: text("stdout"), stderr: text("stderr") };
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SLUICE } from "./places.ts";

const run = promisify(execFile);

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  /** What it says to people. */
  readonly stderr: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Runs the built command in a folder, with this environment and nothing else.
 *
 * @throws an Error whose message holds what it said, when it exits with anything but 0
 */
export async function sluice(cwd: string, args: readonly string[], env: Env = process.env): Promise<Printed> {
  return run(process.execPath, [SLUICE, ...args], { cwd, env: { ...env } });
}

import { x } from "tinyexec";
import { SLUICE } from "./places.ts";

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  /** What it says to people. */
  readonly stderr: string;
}

/** Runs the built command in a folder. Without `env` it has this process's environment. */
export async function sluice(
  cwd: string,
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
): Promise<Printed> {
  const { stdout, stderr } = await x(process.execPath, [SLUICE, ...args], {
    nodeOptions: { cwd, ...(env === undefined ? {} : { env }) },
    throwOnError: true,
  });
  return { stdout, stderr };
}

import { join } from "node:path";
import { x } from "tinyexec";
import { ROOT } from "./monorepo.ts";

/** The built command, as npm's `bin` names it. */
export const SLUICE_BIN: string = join(ROOT, "packages", "cli", "dist", "bin.js");

/** What a run of `sluice` came to. */
export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The least environment of a CI job: nothing of this machine's but PATH. */
export function jobEnvironment(
  home: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: home, NO_COLOR: "1", GIT_CONFIG_NOSYSTEM: "1", ...more };
}

/** Runs `sluice` as a process of its own. */
export async function sluice(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const options = {
    nodeOptions: { cwd, env: { ...env } as NodeJS.ProcessEnv },
    nodePath: false,
    throwOnError: false,
  };
  const proc = x(process.execPath, [SLUICE_BIN, ...args], options);
  const { stdout, stderr } = await proc;
  return { exitCode: proc.exitCode, stdout, stderr };
}

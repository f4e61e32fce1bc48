import { join } from "node:path";
import { ROOT } from "./monorepo.ts";
import { type Ran, runProcess } from "./run-process.ts";

/** The built command, as npm's `bin` names it, or another build of it. */
export const SLUICE_BIN: string =
  process.env["SLUICE_TEST_BIN"] ?? join(ROOT, "packages", "cli", "dist", "bin.js");

/** The least environment of a CI job: nothing of this machine's but PATH. */
export function jobEnvironment(
  home: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: home, NO_COLOR: "1", GIT_CONFIG_NOSYSTEM: "1", ...more };
}

/** Runs `sluice` as a process of its own. */
export function sluice(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return runProcess(process.execPath, [SLUICE_BIN, ...args], { cwd, env });
}

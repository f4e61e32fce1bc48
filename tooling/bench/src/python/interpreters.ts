import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "../command.ts";
import { MINOR } from "./packages.ts";

/** Pythons of this machine, as absolute paths of the interpreters themselves: a shim would be measured, too. */
export interface Interpreters {
  /** What `python3` is. */
  readonly host: string;
  /** The functions' version; `null` where this machine does not have it. */
  readonly target: string | null;
}

async function interpreter(command: string, signal: AbortSignal): Promise<string | null> {
  const options = { cwd: process.cwd(), env: process.env as Record<string, string>, signal };
  try {
    return (await runCommand(command, ["-c", "import sys; print(sys.executable)"], options)).trim();
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Those of pyenv that no shim leads to. */
function ofPyenv(name: string): readonly string[] {
  const versions = join(process.env["PYENV_ROOT"] || join(homedir(), ".pyenv"), "versions");
  try {
    const folders = readdirSync(versions).filter((version) => version.startsWith(`3.${MINOR}.`));
    return folders.map((version) => join(versions, version, "bin", name));
  } catch {
    return [];
  }
}

async function findTarget(signal: AbortSignal): Promise<string | null> {
  const name = `python3.${MINOR}`;
  for (const command of [name, ...ofPyenv(name)]) {
    const found = await interpreter(command, signal);
    if (found !== null) return found;
  }
  return null;
}

/** @throws when there is no `python3` at all */
export async function findInterpreters(signal: AbortSignal): Promise<Interpreters> {
  const host = await interpreter("python3", signal);
  if (host === null) throw new Error("There is no python3 on the PATH.");
  return { host, target: await findTarget(signal) };
}

/** Folders for the front of a PATH, on which `python3` is the host's and the functions' version has its own name. */
export function foldersOf({ host, target }: Interpreters): readonly string[] {
  return [dirname(host), ...(target === null ? [] : [dirname(target)])];
}

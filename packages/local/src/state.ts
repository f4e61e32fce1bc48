import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { LocalAws } from "./local-aws.ts";

/** Prefix of an instance's folder, whose name is also its token. */
export const FOLDER_PREFIX = "sluice-local-";
const FOLDER_NAME = /^sluice-local-[A-Za-z0-9]{6}$/;

/** What `state.json` holds: written before the emulator is started, so that a `start` that was killed can be cleared up. */
export type State = Omit<LocalAws, "pid"> & {
  readonly schema: 1;
  /** `null`: it was about to be started. */
  readonly pid: number | null;
};

/** What the instance's health page must say. */
export function tokenOf(state: Pick<State, "folder">): string {
  return basename(state.folder);
}

/** What everybody may know of a state. */
export function localAwsOf(state: State & { readonly pid: number }): LocalAws {
  const { schema: _, ...local } = state;
  return local;
}

/**
 * Whether `value` can be trusted with what follows from it: the folder is removed, and processes that live there are
 * ended. A file in a repository may say anything.
 */
function isState(value: unknown): value is State {
  if (typeof value !== "object" || value === null) return false;
  const { schema, folder, pid, port } = value as Record<string, unknown>;
  if (schema !== 1 || typeof folder !== "string" || !isAbsolute(folder)) return false;
  if (!FOLDER_NAME.test(basename(folder)) || folder !== join(dirname(folder), basename(folder))) return false;
  return (pid === null || Number.isSafeInteger(pid)) && Number.isSafeInteger(port);
}

/** Reads the state file; `null` when there is none or it is not one of ours, `"unreadable"` when it cannot be understood. */
export async function readState(file: string): Promise<State | "unreadable" | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isState(value) ? value : "unreadable";
  } catch {
    return "unreadable";
  }
}

/** Writes the state file in one step: nobody reads half of it. */
export async function writeState(file: string, state: State): Promise<void> {
  const next = `${file}.${process.pid}`;
  await writeFile(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(next, file);
}

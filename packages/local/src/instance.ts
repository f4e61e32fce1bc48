import { rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { localErrors } from "./errors.ts";
import { writable } from "./folder.ts";
import { healthOf } from "./health.ts";
import type { LocalAws } from "./local-aws.ts";
import type { Places } from "./places.ts";
import { processesOf } from "./process-table.ts";
import { localAwsOf, readState, tokenOf } from "./state.ts";

/** Milliseconds. */
const GRACE = 2_000;
const KILL_TIMEOUT = 5_000;
const POLL = 25;

/** The instance of these places if it runs and answers. */
export async function findRunning({ stateFile }: Places): Promise<LocalAws | null> {
  const state = await readState(stateFile);
  if (state === null || state === "unreadable" || state.pid === null) return null;
  if ((await healthOf(state.port, tokenOf(state))) !== "ours") return null;
  return localAwsOf({ ...state, pid: state.pid });
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/**
 * Ends every process that lives in `folder`, kindly first. Looks again until none is found, since a process may start
 * another while it is being ended.
 *
 * @returns whether there was any
 * @throws SLUICE_LOCAL_NOT_STOPPED when some withstand SIGKILL
 */
async function endProcesses(folder: string): Promise<boolean> {
  const began = Date.now();
  let pids = await processesOf(folder);
  const found = pids.length > 0;
  signalAll(pids, "SIGTERM");
  // One that was stopped would not notice.
  signalAll(pids, "SIGCONT");
  while (pids.length > 0) {
    if (Date.now() - began > GRACE + KILL_TIMEOUT) throw localErrors.notStopped(pids);
    await delay(POLL);
    pids = await processesOf(folder);
    if (Date.now() - began > GRACE) signalAll(pids, "SIGKILL");
  }
  return found;
}

/**
 * Ends the instance of these places, healthy or not, and removes its folder and state. A process that is not its own is
 * never touched, whatever the state file says: each is known by where it lives.
 *
 * @returns whether a process was ended
 */
export async function endInstance({ stateFile, envFile }: Places): Promise<boolean> {
  const state = await readState(stateFile);
  let ended = false;
  if (state !== null && state !== "unreadable") {
    ended = await endProcesses(state.folder);
    const { folder } = state;
    await writable(folder, () => rm(folder, { recursive: true, force: true }));
  }
  await rm(envFile, { force: true });
  await rm(stateFile, { force: true });
  return ended;
}

/** Removes the state folder if nothing of anybody's is left in it, and `.sluice` likewise when that is where it stands. */
export async function removeStateFolder({ state, defaultState }: Places): Promise<void> {
  const emptied = await rmdir(state).then(
    () => true,
    () => false,
  );
  if (emptied && defaultState) await rmdir(dirname(state)).catch(() => undefined);
}

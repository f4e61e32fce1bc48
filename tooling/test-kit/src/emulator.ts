import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalSettings, startLocal, stopLocal } from "@sluice/local";
import { testContext } from "./context.ts";

/** A running MiniStack. */
export interface Emulator {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  /** Ends it with all that it started, and removes its files. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** MiniStack's own variables, such as `{ AUTH: "true" }`. */
  readonly env?: LocalSettings;
}

/** Ends the whole process group: workers run uploaded code in processes of their own. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of the group is left.
  }
}

/** Ends the instance of this state folder where nothing asynchronous can be done any more, and removes its files. */
function endNow(state: string): void {
  try {
    const { pid, folder } = JSON.parse(readFileSync(join(state, "state.json"), "utf8")) as {
      readonly pid: number | null;
      readonly folder: string;
    };
    if (pid !== null) killGroup(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // It was about to be started, or has been stopped.
  }
  rmSync(state, { recursive: true, force: true });
}

/**
 * Starts an embedded AWS of its own, as `@sluice/local` does for users and from the same cache, installing it first where it is
 * not there yet. Twelve digits as access key are the account; regions are apart. It ends with this process at the latest.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const state = mkdtempSync(join(tmpdir(), "sluice-emulator-"));
  const context = testContext({ cwd: state, env: process.env });
  // A test run that ends by an uncaught error leaves nothing behind either.
  const onExit = (): void => endNow(state);
  process.once("exit", onExit);
  const stop = async (): Promise<void> => {
    await stopLocal({ state }, context);
    process.off("exit", onExit);
    rmSync(state, { recursive: true, force: true });
  };
  try {
    const { endpoint } = await startLocal({ state, settings: options.env ?? {} }, context);
    return { endpoint, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

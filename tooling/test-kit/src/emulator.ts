import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalSettings, startLocal, stopLocal } from "@sluice/local";
import { testContext } from "./context.ts";
import { guardInstance } from "./emulator-guard.ts";

/** A running MiniStack. */
export interface Emulator {
  /** As `http://127.0.0.1:45671`. */
  readonly endpoint: string;
  /** The runtime that Python functions really run under, as `python3.11`. */
  readonly python: string;
  /** Ends it with all that it started, and removes its files. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** MiniStack's own variables, such as `{ AUTH: "true" }`. */
  readonly env?: LocalSettings;
}

/**
 * Starts an embedded AWS of its own, as `@sluice/local` does for users and from the same cache, installing it first where it is
 * not there yet. Twelve digits as access key are the account; regions are apart. It ends with this process at the latest.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const state = await mkdtemp(join(tmpdir(), "sluice-emulator-"));
  const context = testContext({ cwd: state, env: process.env });
  const callOff = guardInstance(state);
  const stop = async (): Promise<void> => {
    await stopLocal({ state }, context);
    await rm(state, { recursive: true, force: true });
    callOff();
  };
  try {
    const { endpoint, python } = await startLocal({ state, settings: options.env ?? {} }, context);
    return { endpoint, python, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import type { RunContext } from "@sluice/core";
import { findRunning } from "./instance.ts";
import type { LocalOptions, LocalStatus } from "./local-aws.ts";
import { placesOf } from "./places.ts";
import { readState } from "./state.ts";

/** Whether the embedded AWS runs. Reads only. */
export async function localStatus(options: LocalOptions, context: RunContext): Promise<LocalStatus> {
  const places = placesOf(options, context);
  const local = await findRunning(places);
  if (local !== null) return { running: true, local, stale: false };
  return { running: false, local: null, stale: (await readState(places.stateFile)) !== null };
}

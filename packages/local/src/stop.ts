import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunContext } from "@sluice/core";
import { endInstance, removeStateFolder } from "./instance.ts";
import type { LocalOptions } from "./local-aws.ts";
import { withLock } from "./lock.ts";
import { placesOf } from "./places.ts";

/**
 * Stops the embedded AWS with all that it started, and removes what it wrote except for the cache. One that is being started
 * is waited for. Clears up after one that was killed, too.
 *
 * @returns `stopped`: whether something was running
 * @throws SLUICE_LOCAL_NOT_STOPPED, SLUICE_LOCAL_LOCKED
 */
export async function stopLocal(
  options: LocalOptions,
  context: RunContext,
): Promise<{ readonly stopped: boolean }> {
  const places = placesOf(options, context);
  const exists = await access(places.state).then(
    () => true,
    () => false,
  );
  if (!exists) return { stopped: false };
  const stopped = await withLock(places.lock, context, async () => {
    const ended = await endInstance(places);
    await rm(places.log, { force: true });
    await rm(join(places.state, ".gitignore"), { force: true });
    return ended;
  });
  await removeStateFolder(places);
  return { stopped };
}

import { moveAlias } from "./move-alias.ts";
import type { Landed, TargetRun } from "./target-run.ts";

/**
 * Lets callers have a function version that is ready: moves the target's alias to it.
 *
 * @param sentAt - when the code was sent; `null` when it was found there
 */
export function release(run: TargetRun, version: string, sentAt: number | null): Promise<Landed> {
  return moveAlias(run, version, sentAt);
}

import type { RunContext } from "@sluice/core";
import { idly, type TargetRun } from "../apply/target-run.ts";

const queues = new WeakMap<RunContext, Map<string, Promise<unknown>>>();

/** Does work one after another where it has the same key, within one run; who waits keeps no other target from being worked on. */
export async function inTurn<T>(
  run: Pick<TargetRun, "context" | "idle">,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  const queue = queues.get(run.context) ?? new Map<string, Promise<unknown>>();
  queues.set(run.context, queue);
  const before = queue.get(key);
  const mine = (async (): Promise<T> => {
    if (before !== undefined) await idly(run, () => before);
    run.context.signal.throwIfAborted();
    return work();
  })();
  // However it ends, the next one begins.
  queue.set(
    key,
    mine.catch(() => undefined),
  );
  return mine;
}

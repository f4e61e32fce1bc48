import type { RunContext } from "@sluice/core";
import { createLimit, type Limit } from "./limit.ts";

/** Downloads at once, of all functions of a run: no more are faster (70 MB of 17 files, 2 cores). */
const AT_ONCE = 8;

/** What the clients of one run share: a wheel that several functions need is fetched once. */
export interface Shared {
  readonly limit: Limit;
  /** Path in the cache, or URL → the fetch under way. */
  readonly underWay: Map<string, Promise<string>>;
}

const SHARED = new WeakMap<RunContext, Shared>();

export function sharedOf(context: RunContext): Shared {
  const found = SHARED.get(context) ?? { limit: createLimit(AT_ONCE), underWay: new Map() };
  SHARED.set(context, found);
  return found;
}

/** Why the downloads of a client that was closed ended. */
export const CLOSED: Error = new Error("The client was closed.");

/** Joins the same fetch of another client, or starts it; one that its client took with it is started anew. */
export async function once(shared: Shared, key: string, work: () => Promise<string>): Promise<string> {
  const running = shared.underWay.get(key);
  if (running !== undefined) {
    try {
      return await running;
    } catch (error) {
      if (error !== CLOSED) throw error;
      return await once(shared, key, work);
    }
  }
  const started = work().finally(() => shared.underWay.delete(key));
  shared.underWay.set(key, started);
  return await started;
}

import type { Idle } from "./target-run.ts";

/** Places to work at: never more at once than there are. */
export interface Slots {
  /** Does the work as soon as there is a place; first come, first served. */
  take<T>(work: (idle: Idle) => Promise<T>): Promise<T>;
}

/**
 * Makes as many places as targets may be worked on at once. Who waits for minutes, as between the steps of a rollout, gives its place
 * away meanwhile, and gets one back before those that have not begun: a rollout that goes wrong is returned at once.
 */
export function createSlots(places: number): Slots {
  let free = places;
  const returning: (() => void)[] = [];
  const coming: (() => void)[] = [];
  const enter = (queue: (() => void)[]): Promise<void> => {
    if (free === 0) return new Promise((resolve) => queue.push(resolve));
    free -= 1;
    return Promise.resolve();
  };
  const leave = (): void => {
    const next = returning.shift() ?? coming.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const idle: Idle = async (waiting) => {
    leave();
    try {
      return await waiting();
    } finally {
      await enter(returning);
    }
  };
  return {
    take: async (work) => {
      await enter(coming);
      try {
        return await work(idle);
      } finally {
        leave();
      }
    },
  };
}

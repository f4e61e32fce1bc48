/** Runs work once there is room for it. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets `count` pieces of work run at once; the others wait in order. */
export function createLimit(count: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The room goes to the next one, if there is any.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

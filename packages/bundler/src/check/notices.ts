/** Collects what is the same for several functions, to say it once. */
export interface Notices {
  add(reason: string, functionName: string): void;
  /** Says what was collected. */
  flush(): void;
}

/** `say` gets one line for each reason, with the names of the functions. */
export function createNotices(say: (reason: string, functions: readonly string[]) => void): Notices {
  const collected = new Map<string, string[]>();
  return {
    add: (reason, functionName) => {
      const known = collected.get(reason);
      if (known === undefined) collected.set(reason, [functionName]);
      else known.push(functionName);
    },
    flush: () => {
      for (const [reason, functions] of collected) say(reason, functions.sort());
      collected.clear();
    },
  };
}

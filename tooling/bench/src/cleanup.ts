/** What has to be undone at the end, whatever happens until then. */
export interface Cleanup {
  /** Undone in the opposite order. */
  add(undo: () => Promise<unknown>): void;
  run(): Promise<void>;
}

/** Collects what has to be undone; every step is tried, and the first failure is thrown at the end. */
export function createCleanup(): Cleanup {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    add: (undo) => {
      steps.push(undo);
    },
    run: async () => {
      const failures: unknown[] = [];
      for (const undo of steps.splice(0).reverse()) await undo().catch((error) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}

import { availableParallelism } from "node:os";
import { BATCH } from "./builder.ts";

/** Builds at once: each has all processors for most of its time, and hundreds of megabytes. */
const BUILDING: number = Math.max(1, Math.floor(availableParallelism() / 2));

/** Built entries that may wait to be packed: one batch is packed while the next one is built. */
const WAITING: number = 2 * BATCH;

/** Bounds what the builds of a run have in memory. First come, first served. */
export class Turns {
  #building = 0;
  #waiting = 0;
  readonly #queue: (() => void)[] = [];

  /** Resolves when a build may begin. It ends by {@link built}. */
  async take(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#queue.push(resolve);
      this.#next();
    });
  }

  /** A build has ended and left this many entries to pack; none when it failed. */
  built(entries: number): void {
    this.#building -= 1;
    this.#waiting += entries;
    this.#next();
  }

  /** This many entries are packed, or given up. */
  packed(entries: number): void {
    this.#waiting -= entries;
    this.#next();
  }

  #next(): void {
    while (this.#building < BUILDING && this.#waiting < WAITING) {
      const begin = this.#queue.shift();
      if (begin === undefined) return;
      this.#building += 1;
      begin();
    }
  }
}

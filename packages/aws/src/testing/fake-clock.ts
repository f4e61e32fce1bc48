import { setMaxListeners } from "node:events";
import type { LimiterClock, QuotaLimiter } from "../quota-limiter.ts";

/** A clock that only {@link FakeClock.run} turns. */
export class FakeClock implements LimiterClock {
  time: number = 0;
  readonly timers: Set<{ at: number; callback: () => void }> = new Set();

  now(): number {
    return this.time;
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.time + milliseconds, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Turns to `until`, stopping at each timer on the way. */
  async run(until: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...this.timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      this.timers.delete(next);
      this.time = next.at;
      next.callback();
    }
    this.time = until;
  }
}

/** A run that nobody cancels. */
export const never: AbortSignal = new AbortController().signal;
setMaxListeners(0, never);

/** Asks for `count` requests at once; gives the times at which they were let through, as they come. */
export function ask(
  limiter: QuotaLimiter | null,
  clock: FakeClock,
  count: number,
  signal: AbortSignal = never,
): number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++)
    limiter?.acquire(signal).then(
      () => times.push(clock.time),
      () => {},
    );
  return times;
}

/** The most requests that any one second holds. */
export function mostInASecond(times: readonly number[]): number {
  return Math.max(
    ...times.map((start) => times.filter((time) => time >= start && time < start + 1_000).length),
  );
}

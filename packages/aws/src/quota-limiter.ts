/** The outer world of a limiter, so that tests can turn the clock themselves. */
export interface LimiterClock {
  /** Milliseconds; any origin. */
  now(): number;
  /** Calls back after `milliseconds` and returns a function that prevents it. */
  schedule(milliseconds: number, callback: () => void): () => void;
}

/** Lets requests through at the pace of a quota, first come, first served. */
export interface QuotaLimiter {
  /** Requests per second that are let through at present. */
  readonly rate: number;
  /**
   * Resolves when a request may be sent. Whoever has to wait is rejected with the signal's reason as soon as it is
   * aborted; who need not wait is let through, so that a cancelled run can finish what it began.
   */
  acquire(signal: AbortSignal): Promise<void>;
  /** AWS answered that there were too many requests. `retryAfter` in milliseconds, where it said when to come back. */
  throttled(retryAfter?: number): void;
  /** AWS answered. */
  succeeded(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
}

/** Milliseconds: a second, and a little more, since requests do not arrive as evenly as they are sent. */
const WINDOW = 1_025;
/**
 * Milliseconds that a burst counts for longer: its requests are signed and connected one after another, so that they
 * arrive later than those that follow one by one.
 */
const BURST_SPREAD = 100;
/** Requests per second, however often AWS throttles. */
const MINIMUM_RATE = 1;

/**
 * Makes a limiter of at most `quota` requests in any one second, however the seconds are cut. A second's worth may
 * go at once; what then has to wait goes evenly spaced. (A plain token bucket refills while its burst is being spent
 * and lets twice its quota through in the first second.)
 *
 * It halves its rate when AWS throttles, at most once per second, since answers to requests that were already under
 * way say nothing new; and wins a fifteenth of the quota back per second of success.
 */
export function createQuotaLimiter(quota: number, clock: LimiterClock): QuotaLimiter {
  let rate = quota;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let halvedAt = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | null = null;
  /** The last requests that were let through, the oldest first: when, and until when they count. */
  const sent: { readonly at: number; readonly until: number }[] = [];
  const waiters: Waiter[] = [];

  const nextTime = (now: number, spaced: boolean): number => {
    const limit = Math.max(MINIMUM_RATE, Math.floor(rate));
    const whole = sent[sent.length - limit];
    const last = spaced ? sent.at(-1) : undefined;
    const apart = last === undefined ? now : last.at + WINDOW / rate;
    return Math.max(now, pausedUntil, whole?.until ?? now, apart);
  };

  const letThrough = (now: number, spaced: boolean): void => {
    sent.push({ at: now, until: now + WINDOW + (spaced ? 0 : BURST_SPREAD) });
    if (sent.length > Math.ceil(quota)) sent.shift();
  };

  const pump = (): void => {
    cancelTimer?.();
    cancelTimer = null;
    while (waiters.length > 0) {
      const now = clock.now();
      const next = nextTime(now, true);
      if (next > now) {
        cancelTimer = clock.schedule(next - now, pump);
        return;
      }
      const waiter = waiters.shift();
      waiter?.signal.removeEventListener("abort", waiter.onAbort);
      letThrough(now, true);
      waiter?.resolve();
    }
  };

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        waiters.splice(waiters.indexOf(waiter), 1);
        reject(signal.reason);
        pump();
      };
      const waiter: Waiter = { resolve, signal, onAbort };
      signal.addEventListener("abort", onAbort, { once: true });
      waiters.push(waiter);
      if (cancelTimer === null) pump();
    });

  return {
    get rate() {
      return rate;
    },
    acquire: (signal) => {
      const now = clock.now();
      if (waiters.length > 0 || nextTime(now, false) > now) return wait(signal);
      letThrough(now, false);
      return Promise.resolve();
    },
    throttled: (retryAfter = 0) => {
      const now = clock.now();
      pausedUntil = Math.max(pausedUntil, now + retryAfter);
      if (now - halvedAt < WINDOW) return;
      halvedAt = now;
      rate = Math.max(MINIMUM_RATE, rate / 2);
      pump();
    },
    succeeded: () => {
      if (rate < quota) rate = Math.min(quota, rate + quota / 15 / rate);
    },
  };
}

/** The real clock. Its timers keep the process alive: somebody waits for them. */
export const systemClock: LimiterClock = {
  now: () => performance.now(),
  schedule: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

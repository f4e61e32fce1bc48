/** The outer world of a limiter, so that tests can turn the clock themselves. */
export interface LimiterClock {
  /** Milliseconds; any origin. */
  now(): number;
  /** Calls back after `milliseconds` and returns a function that prevents it. */
  schedule(milliseconds: number, callback: () => void): () => void;
}

/** The leave to send one request. Whoever has it says how far it is, since a quota is counted where requests arrive. */
export interface Grant {
  /** It leaves: until now it was signed, and others may have kept the process busy. */
  departs(): void;
  /** It has been answered, or failed: by now it has arrived, if ever. */
  answered(): void;
}

/** Lets requests through at the pace of a quota, first come, first served. */
export interface QuotaLimiter {
  /** Requests per second that are let through at present. */
  readonly rate: number;
  /**
   * Resolves when a request may be sent. Whoever has to wait is rejected with the signal's reason as soon as it is
   * aborted; who need not wait is let through, so that a cancelled run can finish what it began.
   *
   * @param ticket - the call's, from {@link nextTicket}, so that its retry is not behind calls that began later
   */
  acquire(signal: AbortSignal, ticket?: number): Promise<Grant>;
  /** AWS answered that there were too many requests. `retryAfter` in milliseconds, where it said when to come back. */
  throttled(retryAfter?: number): void;
  /** AWS asked to stay away for so many milliseconds, for another reason. */
  pause(milliseconds: number): void;
  /** AWS answered. */
  succeeded(): void;
  /** Both turn out to be of one quota: what was sent counts for `other` too, who waits goes on waiting there, and all later calls. */
  join(other: QuotaLimiter): void;
  /** The other side of {@link join}. */
  take(handed: Handed): void;
}

interface Waiter {
  readonly ticket: number;
  readonly resolve: (grant: Grant) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
}

/** A request that was let through: when, and until when it counts. */
interface Sent {
  at: number;
  until: number;
  /** When it should have gone: a timer that fires late does not put off all that follow. */
  readonly due: number;
}

/** What one limiter hands over to another. */
export interface Handed {
  readonly rate: number;
  readonly pausedUntil: number;
  readonly sent: readonly Sent[];
  readonly waiters: readonly Omit<Waiter, "onAbort">[];
}

/** Milliseconds: a second, and a little more, since requests do not arrive as evenly as they are sent. */
const WINDOW = 1_025;
/**
 * Milliseconds that a request of a burst may be under way at most before it arrives: they are signed and connected all at once, so
 * that they arrive later than those that follow one by one. When it has been answered, it has arrived.
 */
const LATE = 1_000;
/** Milliseconds by which a timer fires late at most for the next to make up for it. */
const LATE_TIMER = 20;
/** Requests per second, however often AWS throttles. */
const MINIMUM_RATE = 1;

let tickets = 0;

/** A place in the queue: lower is earlier, for all limiters. */
export function nextTicket(): number {
  tickets += 1;
  return tickets;
}

/**
 * Makes a limiter of at most `quota` requests in any one second, however the seconds are cut. A second's worth may
 * go at once; what then has to wait goes evenly spaced. (A plain token bucket refills while its burst is being spent
 * and lets twice its quota through in the first second.)
 *
 * It halves its rate when AWS throttles, at most once per second, since answers to requests that were already under
 * way say nothing new; and wins a fifteenth of the quota back per second of success. Until it has won back all, everything goes
 * evenly spaced: those who waited for the same pause to end are no burst.
 */
export function createQuotaLimiter(quota: number, clock: LimiterClock): QuotaLimiter {
  let rate = quota;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let halvedAt = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | null = null;
  let joined: QuotaLimiter | null = null;
  /** The last requests that were let through, the oldest first. */
  let sent: Sent[] = [];
  const waiters: Waiter[] = [];

  /** When the next may go, which may be in the past. */
  const nextTime = (spaced: boolean): number => {
    const limit = Math.max(MINIMUM_RATE, Math.floor(rate));
    const whole = sent[sent.length - limit];
    const last = spaced ? sent.at(-1) : undefined;
    const apart = last === undefined ? Number.NEGATIVE_INFINITY : last.due + WINDOW / rate;
    return Math.max(pausedUntil, whole?.until ?? Number.NEGATIVE_INFINITY, apart);
  };

  const letThrough = (now: number, spaced: boolean): Grant => {
    const late = spaced ? 0 : LATE;
    const due = spaced ? Math.max(nextTime(true), now - LATE_TIMER) : now;
    const one: Sent = { at: now, until: now + late + WINDOW, due };
    sent.push(one);
    if (sent.length > Math.ceil(quota)) sent.shift();
    return {
      departs: () => {
        one.at = clock.now();
        one.until = one.at + late + WINDOW;
      },
      answered: () => {
        if (spaced) return;
        one.until = Math.min(one.until, clock.now() + WINDOW);
        // Who waits may have been told a later time.
        if (cancelTimer !== null) pump();
      },
    };
  };

  const stopTimer = (): void => {
    cancelTimer?.();
    cancelTimer = null;
  };

  const pump = (): void => {
    stopTimer();
    while (waiters.length > 0) {
      const now = clock.now();
      const next = nextTime(true);
      if (next > now) {
        cancelTimer = clock.schedule(next - now, pump);
        return;
      }
      const waiter = waiters.shift();
      waiter?.signal.removeEventListener("abort", waiter.onAbort);
      const grant = letThrough(now, true);
      waiter?.resolve(grant);
    }
  };

  const enqueue = ({ ticket, resolve, reject, signal }: Omit<Waiter, "onAbort">): void => {
    const onAbort = (): void => {
      waiters.splice(waiters.indexOf(waiter), 1);
      reject(signal.reason);
      pump();
    };
    const waiter: Waiter = { ticket, resolve, reject, signal, onAbort };
    signal.addEventListener("abort", onAbort, { once: true });
    // Nearly always the last.
    const behind = waiters.findLastIndex((one) => one.ticket <= ticket);
    waiters.splice(behind + 1, 0, waiter);
  };

  const wait = (signal: AbortSignal, ticket: number): Promise<Grant> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      enqueue({ ticket, resolve, reject, signal });
      if (cancelTimer === null) pump();
    });

  const pause = (milliseconds: number): void => {
    pausedUntil = Math.max(pausedUntil, clock.now() + milliseconds);
  };

  return {
    get rate() {
      return joined?.rate ?? rate;
    },
    acquire: (signal, ticket = nextTicket()) => {
      if (joined !== null) return joined.acquire(signal, ticket);
      const now = clock.now();
      const spaced = rate < quota;
      if (waiters.length > 0 || nextTime(spaced) > now) return wait(signal, ticket);
      return Promise.resolve(letThrough(now, spaced));
    },
    throttled: (retryAfter = 0) => {
      if (joined !== null) return joined.throttled(retryAfter);
      pause(retryAfter);
      const now = clock.now();
      if (now - halvedAt < WINDOW) return;
      halvedAt = now;
      rate = Math.max(MINIMUM_RATE, rate / 2);
      pump();
    },
    pause: (milliseconds) => (joined === null ? pause(milliseconds) : joined.pause(milliseconds)),
    succeeded: () => {
      if (joined !== null) return joined.succeeded();
      if (rate < quota) rate = Math.min(quota, rate + quota / 15 / rate);
    },
    join: (other) => {
      if (joined !== null) return;
      joined = other;
      stopTimer();
      for (const { signal, onAbort } of waiters) signal.removeEventListener("abort", onAbort);
      other.take({ rate, pausedUntil, sent, waiters: waiters.splice(0) });
    },
    take: (handed) => {
      if (joined !== null) return joined.take(handed);
      rate = Math.min(rate, handed.rate);
      pausedUntil = Math.max(pausedUntil, handed.pausedUntil);
      sent = [...sent, ...handed.sent].sort((a, b) => a.at - b.at).slice(-Math.ceil(quota));
      for (const waiter of handed.waiters) enqueue(waiter);
      pump();
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

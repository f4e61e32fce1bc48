import { deploymentErrors } from "./errors.ts";
import type { LeasePlace } from "./lease.ts";
import { findLease, formatLease, type LeaseBody } from "./lease-object.ts";
import type { Lease } from "./types.ts";

/** A lease that was acquired. */
interface Held {
  body: LeaseBody;
  tag: string;
  /** When the request that renewed it was begun, by a clock that nobody sets. */
  renewedAt: number;
}

/** The lease is another's now, if it is known whose. */
interface Lost {
  readonly to: string | null;
}

/**
 * Keeps a lease until it is released: renews it, by a timer that does not keep the process alive, and aborts its signal when it is
 * another's, or when others may have it since no renewal went through.
 */
export function holdLease(place: LeasePlace, held: Held): Omit<Lease, "quietMs"> {
  const { timing, environment } = place;
  const controller = new AbortController();
  let released = false;
  let underWay: Promise<void> = Promise.resolve();
  const lose = (to: string | null): void => {
    clearInterval(timer);
    clearInterval(watch);
    if (!released) controller.abort(deploymentErrors.leaseLost(environment, to));
  };
  const renew = async (): Promise<void> => {
    try {
      const lost = await replaceOwn(place, held, false);
      if (lost !== null) lose(lost.to);
    } catch {
      // It may pass: the watch says when it is too late.
    }
  };
  let busy = false;
  const tick = (): void => {
    if (busy) return;
    busy = true;
    underWay = renew().finally(() => {
      busy = false;
    });
  };
  const check = (): void => {
    if (performance.now() - held.renewedAt >= timing.giveUpMs) lose(null);
  };
  const timer = setInterval(tick, timing.renewMs).unref();
  const watch = setInterval(check, Math.min(1_000, timing.renewMs)).unref();
  return {
    signal: controller.signal,
    release: async () => {
      released = true;
      clearInterval(timer);
      clearInterval(watch);
      await underWay;
      if (controller.signal.aborted) return;
      // What was deployed stays so: where the store cannot be reached, the lease ends by itself.
      await replaceOwn(place, held, true).catch(() => {});
    },
  };
}

/** Writes the lease anew, as long as it is ours: `null` when it was. */
async function replaceOwn(place: LeasePlace, held: Held, released: boolean): Promise<Lost | null> {
  const { backend, key, timing } = place;
  const begun = performance.now();
  const body: LeaseBody = { ...held.body, written: new Date().toISOString(), released };
  const tag = await backend.replace(key, formatLease(body), held.tag);
  if (tag === null) {
    const found = await findLease(backend, key, timing);
    if (found?.body?.id !== held.body.id) return { to: found?.shown.holder ?? null };
    // Ours all the same: a renewal whose answer never came. The next one goes on from it.
    held.tag = found.tag;
    return released && !found.body.released ? replaceOwn(place, held, released) : null;
  }
  held.body = body;
  held.tag = tag;
  held.renewedAt = begun;
  return null;
}

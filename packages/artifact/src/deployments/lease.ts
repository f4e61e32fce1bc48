import { randomUUID } from "node:crypto";
import { sleep } from "@sluice/core";
import type { StoreBackend } from "../store-protocol.ts";
import { deploymentErrors } from "./errors.ts";
import { holdLease } from "./lease-hold.ts";
import { findLease, formatLease, LEASE_TIMING, type LeaseBody, type LeaseTiming } from "./lease-object.ts";
import { environmentFolder } from "./record-key.ts";
import type { AcquireOptions, EnvironmentLease, Lease } from "./types.ts";

/** Where a lease is kept, and how. */
export interface LeasePlace {
  readonly backend: StoreBackend;
  readonly environment: string;
  readonly key: string;
  readonly timing: LeaseTiming;
}

/**
 * The lease of an environment. It is an object that is only ever replaced by whoever has seen what it replaces, so that of several
 * runs at once one gets it. It is never deleted: releasing writes so into it, and no permission to delete is needed.
 *
 * Whether it has expired is told by the store's clock alone, as the time since the object was written.
 */
export function environmentLease(
  backend: StoreBackend,
  environment: string,
  timing: LeaseTiming = LEASE_TIMING,
): EnvironmentLease {
  const key = `${environmentFolder(environment)}/.lease.json`;
  const place: LeasePlace = { backend, environment, key, timing };
  return {
    acquire: (holder, options) => acquire(place, holder, options),
    show: async () => {
      const found = await findLease(backend, key, timing);
      return found === null || found.expired ? null : found.shown;
    },
  };
}

async function acquire(place: LeasePlace, holder: string, options: AcquireOptions): Promise<Lease> {
  const { backend, environment, key, timing } = place;
  const signal = options.signal ?? new AbortController().signal;
  const id = randomUUID();
  const deadline = performance.now() + options.waitMs;
  for (let told = false; ; ) {
    signal.throwIfAborted();
    const found = await findLease(backend, key, timing);
    if (found === null || found.expired) {
      const begun = performance.now();
      const body = freshBody(id, holder, timing);
      const tag = await backend.replace(key, formatLease(body), found?.tag ?? null);
      const quietMs = found === null ? Number.POSITIVE_INFINITY : found.ageMs;
      if (tag !== null) return { ...holdLease(place, { body, tag, renewedAt: begun }), quietMs };
      // Another run was quicker: it is read next who.
      continue;
    }
    const left = deadline - performance.now();
    if (left <= 0) throw deploymentErrors.leaseHeld(environment, found.shown);
    if (!told) options.onWait(found.shown);
    told = true;
    await sleep(Math.min(left, timing.lookMs * (1 + Math.random())), signal);
  }
}

function freshBody(id: string, holder: string, { durationMs }: LeaseTiming): LeaseBody {
  const since = new Date().toISOString();
  return { id, holder, since, written: since, seconds: durationMs / 1_000, released: false };
}

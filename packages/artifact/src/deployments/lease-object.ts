import { isRecord, isText } from "../manifest-fields.ts";
import type { StoreBackend } from "../store-protocol.ts";
import type { LeaseHolder } from "./types.ts";

/** How long things take, in milliseconds. */
export interface LeaseTiming {
  /** A lease that was not renewed for so long is anybody's. */
  readonly durationMs: number;
  /** The holder renews it so often. */
  readonly renewMs: number;
  /**
   * Who could not renew it for so long, by a clock that nobody sets, takes it for lost: earlier than others may have it, by more
   * than the second that S3's times are cut by.
   */
  readonly giveUpMs: number;
  /** Between looks while somebody else has it: at least this, at most twice. */
  readonly lookMs: number;
}

export const LEASE_TIMING: LeaseTiming = {
  durationMs: 60_000,
  renewMs: 20_000,
  giveUpMs: 50_000,
  lookMs: 1_500,
};

/**
 * A store that does not tell its time leaves the clocks of two machines to be compared. AWS refuses requests whose clock is off by
 * more than 15 minutes (S3's RequestTimeTooSkewed): so much longer a lease is left alone there.
 */
const SKEW_MS = 15 * 60_000;

/** What the object holds. */
export interface LeaseBody {
  /** Of one acquisition; what holds it is ours. */
  readonly id: string;
  readonly holder: string;
  /** ISO 8601, both by the holder's clock. */
  readonly since: string;
  readonly written: string;
  readonly seconds: number;
  readonly released: boolean;
}

/** The object as it was found. */
export interface FoundLease {
  readonly tag: string;
  /** `null` when it cannot be read: then it is held by somebody until it is old enough. */
  readonly body: LeaseBody | null;
  readonly expired: boolean;
  /** Milliseconds since it was written, by the store's clock; `null` where that is not told. */
  readonly ageMs: number | null;
  readonly shown: LeaseHolder;
}

export function formatLease(body: LeaseBody): Uint8Array {
  return Buffer.from(`${JSON.stringify({ schema: 1, ...body }, null, 2)}\n`);
}

function parseLease(bytes: Uint8Array): LeaseBody | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (!isRecord(value)) return null;
    const { id, holder, since, written, seconds, released } = value;
    if (!isText(id) || !isText(holder) || !isText(since) || !isText(written)) return null;
    if (typeof seconds !== "number" || !Number.isFinite(Date.parse(written))) return null;
    return { id, holder, since, written, seconds, released: released === true };
  } catch {
    return null;
  }
}

/** Milliseconds for which the lease still is its holder's; nothing of it is left from 0 on. */
function leftOf(body: LeaseBody | null, ageMs: number | null, timing: LeaseTiming, now: number): number {
  const duration = body === null ? timing.durationMs : body.seconds * 1_000;
  if (ageMs !== null) return duration - ageMs;
  return body === null ? duration : Date.parse(body.written) + duration + SKEW_MS - now;
}

/** Reads the lease; `null` when there never was one. */
export async function findLease(
  backend: StoreBackend,
  key: string,
  timing: LeaseTiming,
): Promise<FoundLease | null> {
  const found = await backend.readTagged(key);
  if (found === null) return null;
  const body = parseLease(found.bytes);
  const now = Date.now();
  const left = leftOf(body, found.ageMs, timing, now);
  const at = (milliseconds: number): string => new Date(milliseconds).toISOString();
  return {
    tag: found.tag,
    body,
    expired: body?.released === true || left <= 0,
    ageMs: found.ageMs,
    shown: {
      holder: body?.holder ?? "somebody whose name cannot be read",
      since: body?.since ?? at(now - (found.ageMs ?? 0)),
      until: at(now + Math.max(0, left)),
    },
  };
}

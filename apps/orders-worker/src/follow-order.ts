import type { OrderEvent } from "./order-event.ts";
import type { ProgressStore } from "./progress-store.ts";
import { packageVersion } from "./version.ts";

/**
 * What an event came to. `repeated`: it was delivered before; `overtaken`: a later event of the order was faster. Both are
 * done with.
 */
export type Following = "advanced" | "repeated" | "overtaken";

/**
 * Writes down an order's event, however often and in whatever order events come.
 *
 * @param now - milliseconds since the epoch
 * @throws Error when another event of this order has the same sequence: one of them is wrong, and nobody here knows which
 */
export async function followOrder(event: OrderEvent, store: ProgressStore, now: number): Promise<Following> {
  const processedAt = new Date(now).toISOString();
  const existing = await store.advance({ ...event, processedBy: packageVersion, processedAt });
  if (existing === undefined) return "advanced";
  if (existing.sequence > event.sequence) return "overtaken";
  if (existing.status === event.status && existing.occurredAt === event.occurredAt) return "repeated";
  throw new Error(`order ${event.orderId} has another event with sequence ${event.sequence}`);
}

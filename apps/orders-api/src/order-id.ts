import { createHash, randomUUID } from "node:crypto";
import type { NewOrder } from "./order.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isOrderId(text: string): boolean {
  return UUID.test(text);
}

/**
 * The id of an order. With an idempotency key it follows from customer and key, so that the same request finds the order
 * that it made before, in one conditional write and without a table of keys.
 */
export function orderIdOf(customer: string, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return randomUUID();
  const hex = createHash("sha256")
    .update(JSON.stringify([customer, idempotencyKey]))
    .digest("hex");
  // RFC 9562, section 5.8: version 8 is for ids of one's own making; the variant bits are 10.
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** Tells whether two requests with one idempotency key ask for the same. */
export function fingerprintOf(order: NewOrder): string {
  // Validation rebuilds the object, so that its keys stand in the schema's order whatever order the client sent.
  return createHash("sha256").update(JSON.stringify(order)).digest("hex");
}

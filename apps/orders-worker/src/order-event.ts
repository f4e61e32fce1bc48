import * as v from "valibot";

/** What a message of the queue holds: something happened to an order. */
const orderEventSchema = v.strictObject({
  orderId: v.pipe(v.string(), v.uuid("must be a UUID"), v.toLowerCase()),
  /** Counts an order's events from 1, in the order in which they happened; the queue may mix them up. */
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  status: v.picklist(["accepted", "packed", "shipped", "delivered", "cancelled"]),
  occurredAt: v.pipe(v.string(), v.isoTimestamp("must be an ISO 8601 time")),
});

export type OrderEvent = v.InferOutput<typeof orderEventSchema>;

/**
 * Reads the body of a message.
 *
 * @throws Error that names every point that is wrong: trying again does not help such a message
 */
export function parseOrderEvent(body: string): OrderEvent {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Error("the message is not JSON");
  }
  const parsed = v.safeParse(orderEventSchema, json);
  if (parsed.success) return parsed.output;
  const points = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "(the whole)"}: ${issue.message}`);
  throw new Error(`the message is not an order event: ${points.join("; ")}`);
}

import * as v from "valibot";
import type { Route } from "./http/handler.ts";
import { HttpProblem } from "./http/problem.ts";
import { headerOf, jsonOf } from "./http/request.ts";
import { describeIssues, newOrderSchema, type Order } from "./order.ts";
import { fingerprintOf, orderIdOf } from "./order-id.ts";
import type { OrderStore, StoredOrder } from "./order-store.ts";

/** The client's token for this one order, from `Idempotency-Key`. */
function idempotencyKeyOf(event: Parameters<Route["run"]>[0]): string | undefined {
  const key = headerOf(event, "idempotency-key");
  if (key !== undefined && !/^[\x21-\x7e]{1,128}$/.test(key))
    throw new HttpProblem(400, "the idempotency key is not valid", {
      errors: ["idempotency-key: must be 1 to 128 visible ASCII characters"],
    });
  return key;
}

/** An order as a client sees it. */
export function shown({ fingerprint: _, ...order }: StoredOrder): Order {
  return order;
}

/**
 * `POST /orders`: 201 with the order; 200 when the same request with the same idempotency key was answered before; 409
 * when that key was used for another order.
 *
 * @param now - milliseconds since the epoch
 */
export function createOrder(store: () => OrderStore, now: () => number = Date.now): Route {
  return {
    method: "POST",
    path: /^\/orders$/,
    async run(event) {
      const key = idempotencyKeyOf(event);
      const given = v.safeParse(newOrderSchema, jsonOf(event));
      if (!given.success)
        throw new HttpProblem(400, "the order is not valid", { errors: describeIssues(given.issues) });
      const order: StoredOrder = {
        id: orderIdOf(given.output.customer, key),
        createdAt: new Date(now()).toISOString(),
        ...given.output,
        fingerprint: fingerprintOf(given.output),
      };
      const existing = await store().putIfAbsent(order);
      const headers = { location: `/orders/${order.id}` };
      if (existing === undefined) return { status: 201, body: shown(order), headers };
      if (existing.fingerprint !== order.fingerprint)
        throw new HttpProblem(409, "this idempotency key was used for another order");
      return { status: 200, body: shown(existing), headers };
    },
  };
}

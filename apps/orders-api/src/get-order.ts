import { shown } from "./create-order.ts";
import type { Route } from "./http/handler.ts";
import { HttpProblem } from "./http/problem.ts";
import { isOrderId } from "./order-id.ts";
import type { OrderStore } from "./order-store.ts";

/** `GET /orders/{id}`: 200 with the order, 404 when there is none, 400 when the id cannot be one. */
export function getOrder(store: () => OrderStore): Route {
  return {
    method: "GET",
    path: /^\/orders\/([^/]+)$/,
    async run(_event, id) {
      if (!isOrderId(id))
        throw new HttpProblem(400, "the id is not valid", { errors: ["id: must be a UUID"] });
      const order = await store().find(id);
      if (order === undefined) throw new HttpProblem(404, "there is no such order");
      return { status: 200, body: shown(order) };
    },
  };
}

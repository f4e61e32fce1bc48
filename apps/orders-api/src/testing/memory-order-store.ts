import type { OrderStore, StoredOrder } from "../order-store.ts";

/** Keeps orders in memory, for tests. */
export function memoryOrderStore(): OrderStore & { readonly orders: Map<string, StoredOrder> } {
  const orders = new Map<string, StoredOrder>();
  return {
    orders,
    async putIfAbsent(order) {
      const existing = orders.get(order.id);
      if (existing === undefined) orders.set(order.id, order);
      return existing;
    },
    async find(id) {
      return orders.get(id);
    },
  };
}

import type { Order } from "./order.ts";

/** An order as it is kept. */
export type StoredOrder = Order & { readonly fingerprint: string };

/** Keeps orders. */
export interface OrderStore {
  /**
   * Keeps `order` unless there is one of its id.
   *
   * @returns the one that is there already, or `undefined` when `order` was kept
   */
  putIfAbsent(order: StoredOrder): Promise<StoredOrder | undefined>;
  /** The order of this id, as of the last write. */
  find(id: string): Promise<StoredOrder | undefined>;
}

import type { Progress, ProgressStore } from "../progress-store.ts";

/** Keeps progress in memory, for tests. */
export function memoryProgressStore(): ProgressStore & { readonly orders: Map<string, Progress> } {
  const orders = new Map<string, Progress>();
  return {
    orders,
    async advance(progress) {
      const existing = orders.get(progress.orderId);
      if (existing !== undefined && existing.sequence >= progress.sequence) return existing;
      orders.set(progress.orderId, progress);
      return undefined;
    },
  };
}

import type { OrderEvent } from "./order-event.ts";

/** How far an order has come: its newest event, and who wrote it down. */
export type Progress = OrderEvent & {
  /** Package version of the worker. */
  readonly processedBy: string;
  /** ISO 8601, in UTC. */
  readonly processedAt: string;
};

/** Keeps one {@link Progress} for each order. */
export interface ProgressStore {
  /**
   * Keeps `progress` if it is the order's first or has a higher sequence than what is there: one atomic step.
   *
   * @returns what is there instead, or `undefined` when `progress` was kept
   */
  advance(progress: Progress): Promise<Progress | undefined>;
}

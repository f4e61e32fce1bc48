import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { followOrder } from "./follow-order.ts";
import { parseOrderEvent } from "./order-event.ts";
import type { ProgressStore } from "./progress-store.ts";

export type BatchHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** Writes one entry to the function's log. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;

const logToStdout: Log = (entry) => {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
};

export interface BatchOptions {
  readonly log?: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Makes a handler for batches of a queue whose mapping reports batch item failures: only the messages that failed come
 * again, and those that never succeed end in the dead-letter queue.
 */
export function createBatchHandler(store: () => ProgressStore, options: BatchOptions = {}): BatchHandler {
  const { log = logToStdout, now = Date.now } = options;
  const process = async ({ messageId, body, attributes }: SQSRecord): Promise<boolean> => {
    try {
      const event = parseOrderEvent(body);
      const outcome = await followOrder(event, store(), now());
      log({ level: "info", messageId, orderId: event.orderId, sequence: event.sequence, outcome });
      return true;
    } catch (error) {
      const attempt = Number(attributes.ApproximateReceiveCount);
      log({ level: "error", messageId, attempt, error: String(error) });
      return false;
    }
  };
  return async ({ Records }) => {
    // At once is safe: each write is conditional, so that events of one order need no sequence here.
    const done = await Promise.all(Records.map(process));
    const failed = Records.filter((_, index) => !done[index]);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type BatchHandler, createBatchHandler } from "./batch-handler.ts";
import { dynamoProgressStore } from "./dynamo-progress-store.ts";
import type { ProgressStore } from "./progress-store.ts";

let store: ProgressStore | undefined;

/** Made by the first batch and then kept, so that loading this code needs no environment. */
function tableStore(): ProgressStore {
  const table = process.env.TABLE_NAME;
  if (!table) throw new Error("TABLE_NAME is not set: the function's environment must name the table.");
  store ??= dynamoProgressStore(new DynamoDBClient({ maxAttempts: 3 }), table);
  return store;
}

export const handler: BatchHandler = createBatchHandler(tableStore);

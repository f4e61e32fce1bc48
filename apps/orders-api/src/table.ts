import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoOrderStore } from "./dynamo-order-store.ts";
import type { OrderStore } from "./order-store.ts";

let store: OrderStore | undefined;

/**
 * The store over the table that `TABLE_NAME` names. Made by the first request and then kept, so that loading this code needs
 * no environment.
 */
export function tableStore(): OrderStore {
  const table = process.env.TABLE_NAME;
  if (!table) throw new Error("TABLE_NAME is not set: the function's environment must name the table.");
  store ??= dynamoOrderStore(new DynamoDBClient({ maxAttempts: 3 }), table);
  return store;
}

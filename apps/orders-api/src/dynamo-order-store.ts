import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { OrderStore, StoredOrder } from "./order-store.ts";

/** Keeps orders in a table whose key is `id`. Needs dynamodb:PutItem to write and dynamodb:GetItem to read. */
export function dynamoOrderStore(client: DynamoDBClient, tableName: string): OrderStore {
  return {
    async putIfAbsent(order) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall(order, { removeUndefinedValues: true }),
            ConditionExpression: "attribute_not_exists(id)",
            // Spares a second read, which could already see something else.
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
        return unmarshall(error.Item) as StoredOrder;
      }
    },
    async find(id) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: marshall({ id }), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : (unmarshall(Item) as StoredOrder);
    },
  };
}

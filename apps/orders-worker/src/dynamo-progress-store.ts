import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Progress, ProgressStore } from "./progress-store.ts";

/** Keeps progress in a table whose key is `orderId`. Needs dynamodb:PutItem alone. */
export function dynamoProgressStore(client: DynamoDBClient, tableName: string): ProgressStore {
  return {
    async advance(progress) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall(progress),
            ConditionExpression: "attribute_not_exists(orderId) OR #sequence < :sequence",
            ExpressionAttributeNames: { "#sequence": "sequence" },
            ExpressionAttributeValues: marshall({ ":sequence": progress.sequence }),
            // Tells a repeated event from an overtaken one without a read.
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
        return unmarshall(error.Item) as Progress;
      }
    },
  };
}

import { marshall } from "@aws-sdk/util-dynamodb";
import { afterEach, expect, it } from "vitest";
import { dynamoProgressStore } from "./dynamo-progress-store.ts";
import type { Progress } from "./progress-store.ts";
import { type DynamoDouble, dynamoDouble } from "./testing/dynamo-double.ts";

const progress: Progress = {
  orderId: "5f0c2a52-8f0e-4d5e-9d3b-0a7c6b1f2e3d",
  sequence: 2,
  status: "packed",
  occurredAt: "2026-11-21T10:00:00Z",
  processedBy: "1.0.0",
  processedAt: "2026-11-21T12:00:00.000Z",
};
const conditionFailed = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";

let dynamo: DynamoDouble;
afterEach(() => dynamo.close());

it("advances on the condition that nothing newer is there", async () => {
  dynamo = await dynamoDouble(200, {});
  expect(await dynamoProgressStore(dynamo.client, "progress").advance(progress)).toBeUndefined();
  expect(dynamo.calls).toEqual([
    {
      operation: "PutItem",
      input: {
        TableName: "progress",
        Item: marshall(progress),
        ConditionExpression: "attribute_not_exists(orderId) OR #sequence < :sequence",
        ExpressionAttributeNames: { "#sequence": "sequence" },
        ExpressionAttributeValues: { ":sequence": { N: "2" } },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    },
  ]);
});

it("gives what is there instead", async () => {
  const newer = { ...progress, sequence: 3 };
  dynamo = await dynamoDouble(400, { __type: conditionFailed, Item: marshall(newer) });
  expect(await dynamoProgressStore(dynamo.client, "progress").advance(progress)).toEqual(newer);
});

it("does not take another failure for progress", async () => {
  dynamo = await dynamoDouble(400, { __type: "x#ResourceNotFoundException", message: "no table" });
  await expect(dynamoProgressStore(dynamo.client, "progress").advance(progress)).rejects.toThrow("no table");
});

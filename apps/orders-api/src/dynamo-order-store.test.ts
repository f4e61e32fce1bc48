import { marshall } from "@aws-sdk/util-dynamodb";
import { afterEach, expect, it } from "vitest";
import { dynamoOrderStore } from "./dynamo-order-store.ts";
import type { StoredOrder } from "./order-store.ts";
import { type DynamoDouble, dynamoDouble } from "./testing/dynamo-double.ts";

const order: StoredOrder = {
  id: "00000000-0000-8000-8000-000000000000",
  createdAt: "2026-11-21T12:00:00.000Z",
  customer: "Ada",
  items: [{ sku: "tea-1", quantity: 2 }],
  fingerprint: "f",
};
const conditionFailed = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";

let dynamo: DynamoDouble;
afterEach(() => dynamo.close());

it("keeps an order on the condition that its id is free", async () => {
  dynamo = await dynamoDouble(200, {});
  expect(await dynamoOrderStore(dynamo.client, "orders").putIfAbsent(order)).toBeUndefined();
  expect(dynamo.calls).toEqual([
    {
      operation: "PutItem",
      input: {
        TableName: "orders",
        Item: marshall(order),
        ConditionExpression: "attribute_not_exists(id)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    },
  ]);
});

it("gives the order that is there already", async () => {
  dynamo = await dynamoDouble(400, {
    __type: conditionFailed,
    Item: marshall({ ...order, customer: "Eve" }),
  });
  const existing = await dynamoOrderStore(dynamo.client, "orders").putIfAbsent(order);
  expect(existing).toEqual({ ...order, customer: "Eve" });
});

it("does not take another failure for an order", async () => {
  dynamo = await dynamoDouble(400, { __type: "x#ResourceNotFoundException", message: "no table" });
  const store = dynamoOrderStore(dynamo.client, "orders");
  await expect(store.putIfAbsent(order)).rejects.toThrow("no table");
  await expect(store.find(order.id)).rejects.toThrow("no table");
});

it("finds an order as of the last write, or none", async () => {
  dynamo = await dynamoDouble(200, { Item: marshall(order) });
  expect(await dynamoOrderStore(dynamo.client, "orders").find(order.id)).toEqual(order);
  expect(dynamo.calls[0]).toMatchObject({ operation: "GetItem", input: { ConsistentRead: true } });
  await dynamo.close();
  dynamo = await dynamoDouble(200, {});
  expect(await dynamoOrderStore(dynamo.client, "orders").find(order.id)).toBeUndefined();
});

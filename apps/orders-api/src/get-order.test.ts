import { expect, it } from "vitest";
import { createOrder } from "./create-order.ts";
import { getOrder } from "./get-order.ts";
import { createHandler } from "./http/handler.ts";
import { memoryOrderStore } from "./testing/memory-order-store.ts";
import { send } from "./testing/request.ts";

const store = memoryOrderStore();
const handler = createHandler([createOrder(() => store), getOrder(() => store)], () => {});

it("shows an order as it was made, without what is kept beside it", async () => {
  const body = JSON.stringify({ customer: "Ada", items: [{ sku: "tea-1", quantity: 2 }] });
  const made = await send(handler, "POST /orders", { body });
  const got = await send(handler, `GET ${made.headers.location}`);
  expect(got).toMatchObject({ status: 200, body: made.body });
  expect(Object.keys(got.body).sort()).toEqual(["createdAt", "customer", "id", "items"]);
});

it("knows an order that is not there from an id that cannot be one", async () => {
  expect((await send(handler, "GET /orders/00000000-0000-8000-8000-000000000000")).status).toBe(404);
  expect((await send(handler, "GET /orders/1")).status).toBe(400);
  expect((await send(handler, "GET /orders/..%2Fversion")).status).toBe(400);
});

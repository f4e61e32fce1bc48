import { beforeEach, describe, expect, it } from "vitest";
import { createOrder } from "./create-order.ts";
import { createHandler, type HttpHandler } from "./http/handler.ts";
import { memoryOrderStore } from "./testing/memory-order-store.ts";
import { send, type TestAnswer } from "./testing/request.ts";

const order = { customer: "Ada", items: [{ sku: "tea-1", quantity: 2 }] };
let store: ReturnType<typeof memoryOrderStore>;
let handler: HttpHandler;
let clock: number;
beforeEach(() => {
  store = memoryOrderStore();
  clock = Date.UTC(2026, 10, 21, 12);
  const route = createOrder(
    () => store,
    () => clock++,
  );
  handler = createHandler([route], () => {});
});

const post = (body: unknown, headers: Record<string, string> = {}): Promise<TestAnswer> =>
  send(handler, "POST /orders", { body: JSON.stringify(body), headers });

describe("a new order", () => {
  it("is kept and shown", async () => {
    const { status, headers, body } = await post({ ...order, note: "quickly" });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...order,
      note: "quickly",
      id: expect.any(String),
      createdAt: "2026-11-21T12:00:00.000Z",
    });
    expect(headers.location).toBe(`/orders/${body.id}`);
    expect(store.orders.get(body.id as string)).toMatchObject(order);
  });

  it("is another one each time when no key is given", async () => {
    await post(order);
    await post(order);
    expect(store.orders.size).toBe(2);
  });

  it("may come in base64", async () => {
    const body = JSON.stringify({ ...order, customer: "Žofie" });
    const answer = await send(handler, "POST /orders", { body, base64: true });
    expect(answer).toMatchObject({ status: 201, body: { customer: "Žofie" } });
  });
});

describe("an idempotency key", () => {
  const key = { "idempotency-key": "token-1" };

  it("makes a repeated request find its order", async () => {
    const first = await post(order, key);
    const second = await post(order, key);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect(store.orders.size).toBe(1);
  });

  it("does not mind the order of the keys, or space around the name", async () => {
    await post(order, key);
    const turned = { items: [{ quantity: 2, sku: "tea-1" }], customer: " Ada " };
    expect((await post(turned, key)).status).toBe(200);
  });

  it("makes one order of requests that race", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(order, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it("refuses another order", async () => {
    const first = await post(order, key);
    const second = await post({ ...order, items: [{ sku: "tea-1", quantity: 3 }] }, key);
    expect(second.status).toBe(409);
    expect(store.orders.get(first.body.id as string)?.items).toEqual(order.items);
  });

  it("is each customer's own", async () => {
    await post(order, key);
    expect((await post({ ...order, customer: "Grace" }, key)).status).toBe(201);
  });

  it.each(["", "has space", "ü", "x".repeat(129)])("is refused as %j", async (value) => {
    expect((await post(order, { "idempotency-key": value })).status).toBe(400);
    expect(store.orders.size).toBe(0);
  });
});

describe("a request that is refused", () => {
  it.each([
    ["no items", { ...order, items: [] }, "items: must hold at least one item"],
    ["an empty name", { ...order, customer: "  " }, "customer: must not be empty"],
    ["a quantity of none", { ...order, items: [{ sku: "a", quantity: 0 }] }, "items.0.quantity: "],
    ["half a quantity", { ...order, items: [{ sku: "a", quantity: 1.5 }] }, "items.0.quantity: "],
    ["a strange sku", { ...order, items: [{ sku: "../a", quantity: 1 }] }, "items.0.sku: must be"],
    ["a sku twice", { ...order, items: [order.items[0], order.items[0]] }, "items: must name each sku once"],
    ["an unknown key", { ...order, nota: "x" }, "nota: "],
    ["a list", [], "customer: "],
    ["null", null, "(the whole): "],
  ])("names %s", async (_, body, expected) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual(expect.stringContaining(expected));
    expect(store.orders.size).toBe(0);
  });

  it.each([
    ["no JSON", { body: "{nope" }, 400],
    ["nothing", {}, 400],
    ["bytes that are not UTF-8", { body: Buffer.from([0x22, 0xff, 0x22]), base64: true }, 400],
    ["another content type", { body: "{}", headers: { "content-type": "text/plain" } }, 415],
    ["too much", { body: JSON.stringify({ ...order, note: "x".repeat(16_384) }) }, 413],
    ["too much in base64", { body: "é".repeat(8_193), base64: true }, 413],
  ])("holds %s", async (_, request, status) => {
    expect((await send(handler, "POST /orders", request)).status).toBe(status);
    expect(store.orders.size).toBe(0);
  });
});

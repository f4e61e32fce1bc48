import type { SQSRecord } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { type BatchHandler, createBatchHandler } from "./batch-handler.ts";
import type { OrderEvent } from "./order-event.ts";
import { memoryProgressStore } from "./testing/memory-progress-store.ts";

const orderId = "5f0c2a52-8f0e-4d5e-9d3b-0a7c6b1f2e3d";
const packed: OrderEvent = { orderId, sequence: 2, status: "packed", occurredAt: "2026-11-21T10:00:00Z" };
const shipped: OrderEvent = { orderId, sequence: 3, status: "shipped", occurredAt: "2026-11-21T11:00:00Z" };

let store: ReturnType<typeof memoryProgressStore>;
let log: Readonly<Record<string, unknown>>[];
let handler: BatchHandler;
beforeEach(() => {
  store = memoryProgressStore();
  log = [];
  const now = (): number => Date.UTC(2026, 10, 21, 12);
  handler = createBatchHandler(() => store, { log: (entry) => log.push(entry), now });
});

/** Sends a batch and gives the ids of the messages that failed; ids are positions. */
async function send(...bodies: (OrderEvent | string)[]): Promise<string[]> {
  const records = bodies.map((body, index) => ({
    messageId: String(index),
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: "1" },
  }));
  const { batchItemFailures } = await handler({ Records: records as SQSRecord[] });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

describe("an event", () => {
  it("is written down with who did it", async () => {
    expect(await send(packed)).toEqual([]);
    expect(store.orders.get(orderId)).toEqual({
      ...packed,
      processedBy: packageJson.version,
      processedAt: "2026-11-21T12:00:00.000Z",
    });
  });

  it("changes nothing when it is delivered again, in the same batch or later", async () => {
    expect(await send(packed, packed)).toEqual([]);
    expect(await send(packed)).toEqual([]);
    expect(log.map(({ outcome }) => outcome)).toEqual(["advanced", "repeated", "repeated"]);
  });

  it("is overtaken by a later one, whichever comes first", async () => {
    expect(await send(shipped)).toEqual([]);
    expect(await send(packed)).toEqual([]);
    expect(store.orders.get(orderId)?.status).toBe("shipped");
    expect(log.map(({ outcome }) => outcome)).toEqual(["advanced", "overtaken"]);
  });

  it("of one order ends the same in any order of delivery", async () => {
    const accepted: OrderEvent = { ...packed, sequence: 1, status: "accepted" };
    const deliveries = [
      [accepted, packed, shipped],
      [shipped, packed, accepted],
      [packed, shipped, accepted, packed],
    ];
    for (const delivery of deliveries) {
      store.orders.clear();
      expect(await send(...delivery)).toEqual([]);
      expect(store.orders.get(orderId)?.sequence).toBe(3);
    }
  });

  it("may spell the order's id in capitals", async () => {
    expect(await send(packed, { ...shipped, orderId: orderId.toUpperCase() })).toEqual([]);
    expect([...store.orders.keys()]).toEqual([orderId]);
  });
});

describe("a message that fails", () => {
  it.each([
    ["no JSON", "poison", "not JSON"],
    ["null", "null", "not an order event"],
    ["an id that is none", JSON.stringify({ ...packed, orderId: "7" }), "orderId: must be a UUID"],
    ["a sequence of none", JSON.stringify({ ...packed, sequence: 0 }), "sequence: "],
    ["a strange status", JSON.stringify({ ...packed, status: "lost" }), "status: "],
    ["no time", JSON.stringify({ ...packed, occurredAt: "yesterday" }), "occurredAt: must be"],
    ["an unknown key", JSON.stringify({ ...packed, stauts: "x" }), "stauts: "],
  ])("is reported alone: %s", async (_, poison, reason) => {
    expect(await send(packed, poison, { ...packed, orderId: orderId.replace("5", "6") })).toEqual(["1"]);
    expect(store.orders.size).toBe(2);
    const entry = log.find(({ level }) => level === "error");
    expect(entry).toMatchObject({ messageId: "1", attempt: 1, error: expect.stringContaining(reason) });
  });

  it("claims a sequence that another event has", async () => {
    await send(packed);
    expect(await send({ ...packed, status: "cancelled" })).toEqual(["0"]);
    expect(store.orders.get(orderId)?.status).toBe("packed");
  });

  it("finds the table out of reach, and succeeds when it comes again", async () => {
    const { advance } = store;
    store.advance = () => Promise.reject(new Error("unreachable"));
    expect(await send(packed, shipped)).toEqual(["0", "1"]);
    store.advance = advance;
    expect(await send(packed, shipped)).toEqual([]);
    expect(store.orders.get(orderId)?.status).toBe("shipped");
  });
});

import { expect, it } from "vitest";
import { EVERY_NAME, takers } from "./siblings.ts";

const NAMES = ["orders.ts", "orders", "orders.test.ts", "order.ts", "invoices.ts", ".orders", "__pycache__"];

it.each([
  [["orders"], ["orders", "orders.test.ts", "orders.ts"]],
  [
    ["orders", "invoices", "orders"],
    ["invoices.ts", "orders", "orders.test.ts", "orders.ts"],
  ],
  [["refunds"], []],
  [[""], [".orders"]],
  [[EVERY_NAME], ["invoices.ts", "order.ts", "orders", "orders.test.ts", "orders.ts"]],
])("%j finds those up to the first dot, each once and sorted", (stems, found) => {
  expect(takers(NAMES, stems)).toEqual(found);
});

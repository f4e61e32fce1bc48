import { transform } from "esbuild";
import { expect, it } from "vitest";
import { functionName, functionSource } from "./function-source.ts";

const INDEXES = Array.from({ length: 200 }, (_, index) => index);

it("gives 200 functions, each with a name and code of its own", () => {
  expect(new Set(INDEXES.map(functionName)).size).toBe(200);
  const bodies = INDEXES.map((index) => functionSource(index).replaceAll(functionName(index), "NAME"));
  expect(new Set(bodies).size).toBe(200);
});

it("gives the same source for the same arguments, and another for another revision", () => {
  expect(functionSource(7, 1)).toBe(functionSource(7, 1));
  expect(functionSource(7, 2)).not.toBe(functionSource(7, 1));
});

it("imports one or two clients beside DynamoDB, each client in some function", () => {
  const clients = INDEXES.slice(0, 20).map((index) => [
    ...functionSource(index).matchAll(/@aws-sdk\/(client-[\w-]+)/g),
  ]);
  expect(new Set(clients.map((each) => each.length))).toEqual(new Set([2, 3]));
  expect(new Set(clients.flat().map(([, name]) => name)).size).toBe(7);
});

it("is TypeScript that esbuild takes", async () => {
  const { code, warnings } = await transform(functionSource(3), { loader: "ts" });
  expect(warnings).toEqual([]);
  expect(code).toContain("export const handler = ");
});

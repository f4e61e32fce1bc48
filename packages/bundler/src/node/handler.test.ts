import { describe, expect, it } from "vitest";
import { parseHandler } from "./handler.ts";

describe("parseHandler", () => {
  it.each([
    ["index.handler", { module: "index", path: ["handler"] }],
    ["api/orders.create", { module: "api/orders", path: ["create"] }],
    ["a/b.c/d.handler", { module: "a/b.c/d", path: ["handler"] }],
    ["index.api.orders", { module: "index", path: ["api", "orders"] }],
  ])("takes %s apart", (handler, place) => {
    expect(parseHandler("f", handler)).toEqual(place);
  });

  it.each([
    "",
    "index",
    ".handler",
    "index.",
    "index..x",
    "/index.handler",
    "../index.handler",
    "a/./b.c",
    "a\\b.c",
  ])("refuses %j", (handler) => {
    expect(() => parseHandler("f", handler)).toThrow(/handler string/);
  });
});

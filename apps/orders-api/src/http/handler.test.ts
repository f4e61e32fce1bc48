import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { showVersion } from "../show-version.ts";
import { send } from "../testing/request.ts";
import { createHandler, type Route } from "./handler.ts";

const failing = (error: Error): Route => ({
  method: "GET",
  path: /^\/fails$/,
  run: () => Promise.reject(error),
});

describe("every answer", () => {
  const handler = createHandler([showVersion], () => {});

  it("names the package version and the function version that gave it", async () => {
    const { body, headers } = await send(handler, "GET /version");
    expect(body).toMatchObject({ service: "orders-api", version: packageJson.version, functionVersion: "7" });
    expect(headers["x-package-version"]).toBe(packageJson.version);
    expect(headers["cache-control"]).toBe("no-store");
  });

  it("names the gateway's request id, or the client's when that is harmless", async () => {
    const idFor = async (id: string): Promise<unknown> =>
      (await send(handler, "GET /version", { headers: { "x-request-id": id } })).headers["x-request-id"];
    expect(await idFor("client-7")).toBe("client-7");
    expect(await idFor("a\r\nset-cookie: b")).toBe("gateway-1");
    expect(await idFor("x".repeat(101))).toBe("gateway-1");
    expect((await send(handler, "GET /version")).headers["x-request-id"]).toBe("gateway-1");
  });

  it("says where there is nothing, and which methods there are", async () => {
    expect(await send(handler, "GET /")).toMatchObject({
      status: 404,
      headers: { "content-type": "application/problem+json" },
      body: { status: 404, requestId: "gateway-1" },
    });
    expect(await send(handler, "DELETE /version")).toMatchObject({ status: 405, headers: { allow: "GET" } });
  });
});

describe("a failure inside", () => {
  it("shows the request id, and the cause to the log alone", async () => {
    const log: unknown[] = [];
    const handler = createHandler([failing(new Error("table orders-prod is on fire"))], (entry) =>
      log.push(entry),
    );
    const { status, body } = await send(handler, "GET /fails");
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("fire");
    expect(log).toContainEqual({
      level: "error",
      requestId: "gateway-1",
      error: "Error: table orders-prod is on fire",
    });
  });

  it("asks for patience when the table is busy", async () => {
    const busy = Object.assign(new Error("slow down"), { name: "ThrottlingException" });
    const answer = await send(
      createHandler([failing(busy)], () => {}),
      "GET /fails",
    );
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  });
});

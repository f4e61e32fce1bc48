import { afterEach, expect, it, vi } from "vitest";
import { handler as read } from "./orders-read.ts";
import { handler as write } from "./orders-write.ts";
import { send } from "./testing/request.ts";

afterEach(() => vi.restoreAllMocks());

it.each([
  ["orders-read", read],
  ["orders-write", write],
])("%s loads without an environment and tells its version", async (_, handler) => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect((await send(handler, "GET /version")).status).toBe(200);
});

it("a missing TABLE_NAME is an error that the log names", async () => {
  vi.stubEnv("TABLE_NAME", "");
  const log = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const path = "GET /orders/00000000-0000-8000-8000-000000000000" as const;
  expect((await send(read, path)).status).toBe(500);
  expect(log.mock.calls.join()).toContain("TABLE_NAME is not set");
  vi.unstubAllEnvs();
});

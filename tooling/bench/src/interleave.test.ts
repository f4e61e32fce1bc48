import type { ProxiedCall } from "@sluice/test-kit";
import { expect, it } from "vitest";
import { interleave } from "./interleave.ts";

const call = (operation: string): ProxiedCall => ({
  service: "lambda",
  operation,
  method: "GET",
  url: "/",
  headers: {},
  at: 0,
  status: 200,
  requestBytes: 0,
  responseBytes: 0,
  forwarded: true,
});

const { signal } = new AbortController();

it("runs contenders in turn, and counts neither the first round nor the preparation", async () => {
  const order: string[] = [];
  const calls: ProxiedCall[] = [];
  const recorder = { calls, reset: () => calls.splice(0) };
  const contender = (name: string) => ({
    name,
    prepare: async (round: number) => {
      order.push(`prepare ${name}${round}`);
      calls.push(call("CreateFunction"));
    },
    run: async (round: number) => {
      order.push(`${name}${round}`);
      calls.push(call(`Get${name}`));
    },
  });
  const all = await interleave([contender("a"), contender("b")], { runs: 2, signal, recorder });
  expect(order.filter((each) => !each.startsWith("prepare"))).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
  expect(order.slice(0, 2)).toEqual(["prepare a0", "a0"]);
  expect(all.map((series) => series.operations)).toEqual([
    [["Geta"], ["Geta"]],
    [["Getb"], ["Getb"]],
  ]);
  expect(all.map((series) => series.milliseconds.length)).toEqual([2, 2]);
});

it("starts nothing more once interrupted", async () => {
  const controller = new AbortController();
  let runs = 0;
  const run = async (): Promise<void> => {
    runs += 1;
    controller.abort(new Error("stop"));
  };
  await expect(interleave([{ name: "a", run }], { runs: 7, signal: controller.signal })).rejects.toThrow(
    "stop",
  );
  expect(runs).toBe(1);
});

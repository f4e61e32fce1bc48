import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { createCancellation, type SignalSource, sleep } from "./cancellation.ts";
import { isSluiceError } from "./problem.ts";

function fakeProcess(): SignalSource & EventEmitter & { exits: number[] } {
  const exits: number[] = [];
  return Object.assign(new EventEmitter(), { exits, exit: (code: number) => void exits.push(code) });
}

describe("cancellation", () => {
  it("aborts on the first signal with exit code 130 and ends the process on the second", () => {
    const process = fakeProcess();
    const { signal } = createCancellation(process);
    process.emit("SIGTERM", "SIGTERM");
    expect(signal.aborted).toBe(true);
    expect(isSluiceError(signal.reason) && signal.reason.exitCode).toBe(130);
    expect(process.exits).toEqual([]);
    process.emit("SIGINT", "SIGINT");
    expect(process.exits).toEqual([130]);
  });

  it("leaves no handler behind", () => {
    const process = fakeProcess();
    createCancellation(process).dispose();
    expect(process.listenerCount("SIGINT") + process.listenerCount("SIGTERM")).toBe(0);
  });

  it("ends a wait at once", async () => {
    const controller = new AbortController();
    const waiting = sleep(60_000, controller.signal);
    controller.abort(new Error("stop"));
    await expect(waiting).rejects.toThrow("stop");
    await expect(sleep(1, controller.signal)).rejects.toThrow("stop");
  });
});

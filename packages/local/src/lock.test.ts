import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "./lock.ts";
import { startOf } from "./process-table.ts";
import { testContext } from "./testing/context.ts";

let fixture: FsFixture;
beforeEach(async () => {
  fixture = await createFixture({});
});
afterEach(() => fixture.rm());

describe("the lock", () => {
  it("lets one at a time work, in whatever folder is still to be made", async () => {
    const lock = fixture.getPath("deep", "down", "lock");
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await delay(5);
      inside--;
    };
    await Promise.all(
      Array.from({ length: 6 }, () => withLock(lock, testContext({ cwd: fixture.path }), work)),
    );
    expect(most).toBe(1);
    expect(readdirSync(fixture.getPath("deep", "down"))).toEqual([]);
  });

  it("is free again after a failure", async () => {
    const lock = fixture.getPath("lock");
    const context = testContext({ cwd: fixture.path });
    await expect(withLock(lock, context, () => Promise.reject(new Error("work")))).rejects.toThrow("work");
    expect(await withLock(lock, context, async () => "free")).toBe("free");
  });

  it.each([
    ["that is gone", { pid: 999_999_999, started: "1" }],
    ["whose id another process has now", { pid: process.pid, started: "1" }],
  ])("is taken over from an owner %s", async (_, owner) => {
    const lock = fixture.getPath("lock");
    writeFileSync(lock, JSON.stringify(owner));
    const context = testContext({ cwd: fixture.path });
    expect(await withLock(lock, context, async () => "mine")).toBe("mine");
    expect(readdirSync(fixture.path)).toEqual([]);
  });

  it("is respected while its owner lives", async () => {
    const lock = join(fixture.path, "lock");
    const owner = spawn("sleep", ["30"], { stdio: "ignore" });
    try {
      const pid = owner.pid ?? 0;
      writeFileSync(lock, JSON.stringify({ pid, started: await startOf(pid) }));
      const controller = new AbortController();
      const context = testContext({ cwd: fixture.path, signal: controller.signal });
      const waiting = withLock(lock, context, async () => "never");
      setTimeout(() => controller.abort(new Error("enough")), 200);
      await expect(waiting).rejects.toThrow("enough");
      expect(existsSync(lock)).toBe(true);
    } finally {
      owner.kill("SIGKILL");
    }
  });
});

import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isSluiceError } from "@sluice/core";
import { type Emulator, startEmulator } from "@sluice/test-kit";
import { createFixture, type FsFixture } from "fs-fixture";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { StoreBackend } from "../store-protocol.ts";
import { bucketStore, folderStore } from "../testing/backends.ts";
import { buildProgram, startProgram } from "../testing/program.ts";
import { environmentLease } from "./lease.ts";
import type { LeaseTiming } from "./lease-object.ts";
import type { Lease } from "./types.ts";

/** S3 tells times to the second, and a machine with much to do stands still for some: tests that wait for it wait together. */
const QUICK: LeaseTiming = { durationMs: 6_000, renewMs: 500, giveUpMs: 4_000, lookMs: 20 };

let emulator: Emulator;
let fixture: FsFixture;
let folders = 0;
beforeAll(async () => {
  [emulator, fixture] = await Promise.all([startEmulator(), createFixture()]);
}, 240_000);
afterAll(async () => {
  await emulator?.stop();
  await fixture?.rm();
});

async function openFolder(): Promise<StoreBackend> {
  folders += 1;
  return folderStore(fixture.getPath(`store-${folders}`));
}

const openBucket = (): Promise<StoreBackend> => bucketStore(emulator.endpoint);

const atOnce = { waitMs: 0, onWait: () => {} };
const patient = { waitMs: 60_000, onWait: () => {} };

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error) => (isSluiceError(error) ? error.code : `unexpected: ${error}`),
  );
}

describe.each<[string, () => Promise<StoreBackend>]>([
  ["a folder", openFolder],
  ["S3", openBucket],
])("a lease in %s", (_, open) => {
  it("is one's alone until it is released, and says whose", async () => {
    const lease = environmentLease(await open(), "dev", QUICK);
    expect(await lease.show()).toBeNull();
    const first = await lease.acquire("ada at build-7, deploy", atOnce);
    expect(await lease.show()).toMatchObject({ holder: "ada at build-7, deploy" });
    const error = await lease.acquire("bob", atOnce).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "SLUICE_LEASE_HELD", exitCode: 3 });
    expect((error as Error).message).toContain("ada at build-7, deploy");
    await first.release();
    expect(await lease.show()).toBeNull();
    const second = await lease.acquire("bob", atOnce);
    expect((await lease.show())?.holder).toBe("bob");
    await second.release();
    expect([first.signal.aborted, second.signal.aborted]).toEqual([false, false]);
  });

  it.concurrent("is renewed for as long as it is held", async () => {
    const lease = environmentLease(await open(), "dev", QUICK);
    const held = await lease.acquire("ada", atOnce);
    await delay(QUICK.durationMs + 1_500);
    expect(await codeOf(lease.acquire("bob", atOnce))).toBe("SLUICE_LEASE_HELD");
    expect(held.signal.aborted).toBe(false);
    await held.release();
  }, 60_000);

  it.concurrent("of one who was killed is taken over when it has expired, and not before", async () => {
    const backend = await open();
    const killed: LeaseTiming = { ...QUICK, renewMs: 1e8, giveUpMs: 1e8 };
    await environmentLease(backend, "dev", killed).acquire("ada", atOnce);
    const lease = environmentLease(backend, "dev", QUICK);
    const told: string[] = [];
    expect(await codeOf(lease.acquire("bob", atOnce))).toBe("SLUICE_LEASE_HELD");
    const begun = performance.now();
    const held = await lease.acquire("bob", { ...patient, onWait: ({ holder }) => told.push(holder) });
    // A second is what S3's times are cut by.
    expect(performance.now() - begun).toBeGreaterThan(QUICK.durationMs - 2_000);
    expect(told).toEqual(["ada"]);
    await held.release();
  }, 60_000);

  it("is given to one of many at once, one after the other", async () => {
    const backend = await open();
    let holders = 0;
    let most = 0;
    const work = async (index: number): Promise<void> => {
      const held = await environmentLease(backend, "dev", QUICK).acquire(`run ${index}`, patient);
      holders += 1;
      most = Math.max(most, holders);
      await delay(5);
      holders -= 1;
      await held.release();
      expect(held.signal.aborted).toBe(false);
    };
    await Promise.all(Array.from({ length: 12 }, (_unused, index) => work(index)));
    expect(most).toBe(1);
  }, 60_000);

  it.concurrent("that went to another aborts the signal, and is not released by who lost it", async () => {
    const backend = await open();
    // Asleep for longer than the lease lasts: neither renewed nor given up in time.
    const asleep: LeaseTiming = { ...QUICK, durationMs: 1, renewMs: 3_000, giveUpMs: 1e8 };
    const lost = await environmentLease(backend, "dev", asleep).acquire("ada", atOnce);
    const other = await environmentLease(backend, "dev", { ...QUICK, durationMs: 60_000 }).acquire(
      "bob",
      patient,
    );
    await expect.poll(() => lost.signal.aborted, { timeout: 20_000 }).toBe(true);
    expect(lost.signal.reason).toMatchObject({ code: "SLUICE_LEASE_LOST", exitCode: 130 });
    expect(lost.signal.reason.message).toContain("bob");
    await lost.release();
    expect((await environmentLease(backend, "dev", QUICK).show())?.holder).toBe("bob");
    await other.release();
  }, 60_000);

  it.concurrent("that cannot be renewed is given up before others may have it", async () => {
    const backend = await open();
    let broken = false;
    const failing: StoreBackend = {
      ...backend,
      replace: async (...given) => {
        if (broken) throw new Error("unreachable");
        return backend.replace(...given);
      },
    };
    const timing: LeaseTiming = { ...QUICK, durationMs: 60_000, giveUpMs: 1_500 };
    const held = await environmentLease(failing, "dev", timing).acquire("ada", atOnce);
    broken = true;
    await expect.poll(() => held.signal.aborted, { timeout: 20_000, interval: 10 }).toBe(true);
    expect(held.signal.reason.code).toBe("SLUICE_LEASE_LOST");
    expect(await codeOf(environmentLease(backend, "dev", QUICK).acquire("bob", atOnce))).toBe(
      "SLUICE_LEASE_HELD",
    );
  }, 60_000);

  it.concurrent("is kept although the answer to a renewal was lost", async () => {
    const backend = await open();
    let lose = false;
    const losing: StoreBackend = {
      ...backend,
      replace: async (...given) => {
        const tag = await backend.replace(...given);
        if (!lose) return tag;
        lose = false;
        throw new Error("the answer was lost");
      },
    };
    const lease = environmentLease(losing, "dev", QUICK);
    const held = await lease.acquire("ada", atOnce);
    lose = true;
    await expect.poll(() => lose, { timeout: 20_000 }).toBe(false);
    await delay(1_000);
    expect(held.signal.aborted).toBe(false);
    await held.release();
    expect(await lease.show()).toBeNull();
  }, 60_000);

  it("is judged by the store's clock, not by this machine's", async () => {
    const backend = await open();
    const lease = environmentLease(backend, "dev", { ...QUICK, durationMs: 60_000 });
    const held = await lease.acquire("ada", atOnce);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 36e5 });
    expect(await codeOf(lease.acquire("from the future", atOnce))).toBe("SLUICE_LEASE_HELD");
    vi.setSystemTime(Date.now() - 72e5);
    expect(await codeOf(lease.acquire("from the past", atOnce))).toBe("SLUICE_LEASE_HELD");
    await held.release();
    await (await lease.acquire("from the past", atOnce)).release();
    vi.useRealTimers();
  });

  it("of one environment is none of another", async () => {
    const backend = await open();
    const names = ["dev", "prod", "..", "a/b", "ä ö"];
    const held = await Promise.all(
      names.map((name) => environmentLease(backend, name, QUICK).acquire(name, atOnce)),
    );
    await Promise.all(held.map((each: Lease) => each.release()));
  });

  it("stops waiting when it is told to", async () => {
    const lease = environmentLease(await open(), "dev", QUICK);
    const held = await lease.acquire("ada", atOnce);
    const controller = new AbortController();
    const waiting = lease.acquire("bob", {
      waitMs: Number.POSITIVE_INFINITY,
      onWait: () => controller.abort(new Error("enough")),
      signal: controller.signal,
    });
    await expect(waiting).rejects.toThrow("enough");
    await held.release();
  });

  it.concurrent("whose contents cannot be read is held until it is old", async () => {
    const backend = await open();
    await backend.replace("deployments/dev/.lease.json", Buffer.from("{"), null);
    const lease = environmentLease(backend, "dev", QUICK);
    expect(await codeOf(lease.acquire("bob", atOnce))).toBe("SLUICE_LEASE_HELD");
    await (await lease.acquire("bob", patient)).release();
  }, 60_000);
});

describe("processes", () => {
  const PROGRAM = `
    import { appendFileSync } from "node:fs";
    import { openBackend } from "./store.ts";
    import { environmentLease } from "./deployments/lease.ts";
    const [root, name, rounds, last] = process.argv.slice(2);
    const timing = { durationMs: 6000, renewMs: 500, giveUpMs: 4000, lookMs: 5 };
    const lease = environmentLease(openBackend("kept", { root, objects: () => { throw 0; } }), "dev", timing);
    for (let round = 0; round < Number(rounds); round += 1) {
      const held = await lease.acquire(name, { waitMs: 100000, onWait() {} });
      appendFileSync(root + "/log", name + " has\\n");
      await new Promise((done) => setTimeout(done, Math.random() * 4));
      appendFileSync(root + "/log", name + " had\\n");
      if (last === "die" && round + 1 === Number(rounds)) process.kill(process.pid, "SIGKILL");
      await held.release();
    }
  `;

  it("that race for one in a folder never hold it together, though some are killed", async () => {
    const file = fixture.getPath("program.mjs");
    await buildProgram(PROGRAM, file);
    const runs = Array.from({ length: 6 }, (_, index) =>
      startProgram(file, [fixture.path.replace(/\/$/, ""), `p${index}`, "8", index < 2 ? "die" : "live"]),
    );
    await Promise.all(runs.map(({ output }) => output));
    expect(runs.map(({ child }) => child.exitCode ?? child.signalCode).sort()).toEqual([
      0,
      0,
      0,
      0,
      "SIGKILL",
      "SIGKILL",
    ]);
    const lines = (await fixture.readFile("log", "utf8")).trim().split("\n");
    expect(lines).toHaveLength(2 * 6 * 8);
    for (let index = 0; index < lines.length; index += 2) {
      const [name] = lines[index]?.split(" ") ?? [];
      expect(lines.slice(index, index + 2)).toEqual([`${name} has`, `${name} had`]);
    }
    await rm(file);
  }, 120_000);
});

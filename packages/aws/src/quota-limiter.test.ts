import { describe, expect, it } from "vitest";
import { createQuotaLimiter, nextTicket } from "./quota-limiter.ts";
import { ask, FakeClock, mostInASecond, never } from "./testing/fake-clock.ts";

describe("quota limiter", () => {
  it("lets one second's worth through at once", async () => {
    const clock = new FakeClock();
    const times = ask(createQuotaLimiter(15, clock), clock, 15);
    await clock.run(0);
    expect(times).toEqual(Array(15).fill(0));
  });

  it("never lets more than the quota through in any one second", async () => {
    const clock = new FakeClock();
    const times = ask(createQuotaLimiter(15, clock), clock, 100);
    await clock.run(60_000);
    expect(times).toHaveLength(100);
    expect(mostInASecond(times)).toBe(15);
  });

  it("takes hardly longer than the quota demands", async () => {
    const clock = new FakeClock();
    const times = ask(createQuotaLimiter(15, clock), clock, 1_000);
    await clock.run(200_000);
    expect(times).toHaveLength(1_000);
    expect(times.at(-1)).toBeLessThan((1_000 / 15) * 1_000 * 1.1);
  });

  it("keeps within the quota when requests arrive in dribs and drabs", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(15, clock);
    const times: number[] = [];
    for (let step = 0; step < 60; step++) {
      for (let i = 0; i < 4; i++) void limiter.acquire(never).then(() => times.push(clock.time));
      await clock.run(clock.time + 70);
    }
    await clock.run(60_000);
    expect(times).toHaveLength(240);
    expect(mostInASecond(times)).toBeLessThanOrEqual(15);
  });

  it("is fair: first come, first served", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(2, clock);
    const order: number[] = [];
    for (let i = 0; i < 9; i++) void limiter.acquire(never).then(() => order.push(i));
    await clock.run(10_000);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("halves its rate when throttled, once per second, and never below one a second", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(16, clock);
    limiter.throttled();
    limiter.throttled();
    expect(limiter.rate).toBe(8);
    for (let i = 0; i < 9; i++) {
      clock.time += 2_000;
      limiter.throttled();
    }
    expect(limiter.rate).toBe(1);
    const times = ask(limiter, clock, 3);
    await clock.run(clock.time + 10_000);
    expect(times).toHaveLength(3);
    expect(mostInASecond(times)).toBe(1);
  });

  it("wins its rate back, no faster than a fifteenth of the quota per second", () => {
    const limiter = createQuotaLimiter(15, new FakeClock());
    limiter.throttled();
    for (let i = 0; i < 8; i++) limiter.succeeded();
    expect(limiter.rate).toBeGreaterThan(8);
    expect(limiter.rate).toBeLessThan(9);
    for (let i = 0; i < 200; i++) limiter.succeeded();
    expect(limiter.rate).toBe(15);
  });

  it("stays away as long as AWS asks", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(15, clock);
    limiter.throttled(3_000);
    const times = ask(limiter, clock, 2);
    await clock.run(2_999);
    expect(times).toEqual([]);
    await clock.run(4_000);
    expect(times).toHaveLength(2);
    expect(times[0]).toBe(3_000);
  });

  it("ends every wait when the run is cancelled, and leaves no timer", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(1, clock);
    const controller = new AbortController();
    const results = await (async () => {
      const waits = [0, 1, 2].map(() => limiter.acquire(controller.signal));
      const settled = Promise.allSettled(waits);
      controller.abort(new Error("cancelled"));
      return settled;
    })();
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(clock.timers.size).toBe(0);
  });

  it("lets others take the place of who gave up", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(1, clock);
    const controller = new AbortController();
    ask(limiter, clock, 3, controller.signal);
    const times = ask(limiter, clock, 1);
    controller.abort(new Error("cancelled"));
    await clock.run(3_000);
    expect(times).toHaveLength(1);
  });

  it("lets nobody burst when a pause has ended, until the rate is won back", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(15, clock);
    limiter.throttled(2_000);
    const times = ask(limiter, clock, 5);
    await clock.run(2_000);
    // Those who slept by themselves meanwhile, and are back now.
    const returning = ask(limiter, clock, 5);
    await clock.run(10_000);
    const all = [...times, ...returning].sort((a, b) => a - b);
    const gaps = all.slice(1).map((time, index) => time - (all[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(100);
    const back = ask(limiter, clock, 3);
    await clock.run(20_000);
    expect(new Set(back).size).toBe(3);
    for (let i = 0; i < 300; i++) limiter.succeeded();
    const burst = ask(limiter, clock, 3);
    await clock.run(clock.time);
    expect(new Set(burst).size).toBe(1);
  });

  it("stays away when AWS asks for it without throttling, at its rate", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(15, clock);
    limiter.pause(1_500);
    const times = ask(limiter, clock, 1);
    await clock.run(3_000);
    expect(times).toEqual([1_500]);
    expect(limiter.rate).toBe(15);
  });

  it("puts a retry before calls that began later", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(1, clock);
    const first = nextTicket();
    await limiter.acquire(never, first);
    const order: string[] = [];
    for (const name of ["second", "third"]) void limiter.acquire(never).then(() => order.push(name));
    void limiter.acquire(never, first).then(() => order.push("retry of the first"));
    await clock.run(10_000);
    expect(order).toEqual(["retry of the first", "second", "third"]);
  });

  it("counts a burst from when it has arrived: it leaves late, and is answered later still", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(2, clock);
    const burst = [await limiter.acquire(never), await limiter.acquire(never)];
    const times = ask(limiter, clock, 2);
    await clock.run(400);
    for (const grant of burst) grant.departs();
    await clock.run(700);
    for (const grant of burst) grant.answered();
    await clock.run(5_000);
    expect(times[0]).toBeGreaterThanOrEqual(1_700);
    expect(times[0]).toBeLessThan(1_800);
  });

  it("does not wait for answers that take long: what has left has arrived after a second", async () => {
    const clock = new FakeClock();
    const limiter = createQuotaLimiter(1, clock);
    (await limiter.acquire(never)).departs();
    const times = ask(limiter, clock, 1);
    await clock.run(5_000);
    expect(times[0]).toBeLessThanOrEqual(2_100);
  });
});

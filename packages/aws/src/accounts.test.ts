import { describe, expect, it } from "vitest";
import { createAccounts } from "./accounts.ts";
import { ask, FakeClock, mostInASecond } from "./testing/fake-clock.ts";

const open = (): { clock: FakeClock; accounts: ReturnType<typeof createAccounts> } => {
  const clock = new FakeClock();
  return { clock, accounts: createAccounts(clock) };
};

describe("quotas", () => {
  it("has one for all control-plane calls; GetFunction and GetPolicy have their own, Invoke none", () => {
    const quotas = open().accounts.quotas("a", "eu-west-1");
    expect(quotas("UpdateAlias")).toBe(quotas("UpdateFunctionCode"));
    expect(quotas("UpdateAlias")?.rate).toBe(15);
    expect(quotas("GetFunction")?.rate).toBe(100);
    expect(quotas("GetPolicy")).not.toBe(quotas("UpdateAlias"));
    expect(quotas("Invoke")).toBeNull();
  });

  it("keeps other services' out of Lambda's", () => {
    const quotas = open().accounts.quotas("a", "eu-west-1");
    const rates = ["DescribeAlarms", "FilterLogEvents", "GetDeployment"].map((name) => quotas(name)?.rate);
    expect(rates).toEqual([9, 5, 10]);
    expect(quotas("PutObject")).toBe(quotas("GetObject"));
    const all = [
      "UpdateAlias",
      "GetFunction",
      "DescribeAlarms",
      "FilterLogEvents",
      "GetDeployment",
      "PutObject",
    ];
    expect(new Set(all.map((name) => quotas(name))).size).toBe(all.length);
  });

  it("has its own for each account and region", () => {
    const { accounts } = open();
    const here = accounts.quotas("a", "eu-west-1")("UpdateAlias");
    expect(accounts.quotas("a", "eu-west-1")("UpdateAlias")).toBe(here);
    expect(accounts.quotas("a", "us-east-1")("UpdateAlias")).not.toBe(here);
    expect(accounts.quotas("b", "eu-west-1")("UpdateAlias")).not.toBe(here);
  });
});

describe("two profiles of one account", () => {
  it("share its limiters once it is known, region by region", () => {
    const { accounts } = open();
    const a = accounts.quotas("a", "eu-west-1");
    const b = accounts.quotas("b", "eu-west-1");
    const elsewhere = accounts.quotas("b", "us-east-1");
    expect(a("UpdateAlias")).not.toBe(b("UpdateAlias"));
    accounts.learn("a", "111111111111");
    accounts.learn("b", "111111111111");
    accounts.learn("c", "222222222222");
    expect(b("UpdateAlias")).toBe(a("UpdateAlias"));
    expect(b("GetFunction")).toBe(a("GetFunction"));
    expect(elsewhere("UpdateAlias")).not.toBe(b("UpdateAlias"));
    expect(accounts.quotas("c", "eu-west-1")("UpdateAlias")).not.toBe(a("UpdateAlias"));
  });

  it("keep within one quota from then on, with what both have sent, and who waited goes on waiting", async () => {
    const { accounts, clock } = open();
    const a = accounts.quotas("a", "eu-west-1")("UpdateAlias");
    const b = accounts.quotas("b", "eu-west-1")("UpdateAlias");
    if (a === null || b === null) throw new Error("limited");
    accounts.learn("a", "111111111111");
    const times = ask(a, clock, 40);
    const others = ask(b, clock, 40);
    await clock.run(0);
    // Both have had their first second's worth: the account was not known.
    expect([times.length, others.length]).toEqual([15, 15]);
    accounts.learn("b", "111111111111");
    const late = ask(b, clock, 10);
    await clock.run(20_000);
    const all = [...times, ...others, ...late];
    expect(all).toHaveLength(90);
    expect(mostInASecond(all.filter((time) => time > 0))).toBeLessThanOrEqual(15);
    expect(Math.min(...late)).toBeGreaterThan(Math.min(...others.filter((time) => time > 0)));
  });

  it("end their waits when the run is cancelled, wherever they wait by then", async () => {
    const { accounts, clock } = open();
    const controller = new AbortController();
    const b = accounts.quotas("b", "eu-west-1")("UpdateAlias");
    ask(accounts.quotas("a", "eu-west-1")("UpdateAlias"), clock, 1);
    ask(b, clock, 15);
    const waiting = b?.acquire(controller.signal);
    accounts.learn("a", "111111111111");
    accounts.learn("b", "111111111111");
    const reason = new Error("cancelled");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(clock.timers.size).toBe(0);
  });

  it("slow down together", () => {
    const { accounts } = open();
    const a = accounts.quotas("a", "eu-west-1");
    const before = accounts.quotas("b", "eu-west-1")("UpdateAlias");
    a("UpdateAlias");
    accounts.learn("a", "111111111111");
    accounts.learn("b", "111111111111");
    before?.throttled();
    expect(a("UpdateAlias")?.rate).toBe(7.5);
    for (let i = 0; i < 200; i++) before?.succeeded();
    expect(before?.rate).toBe(15);
  });
});

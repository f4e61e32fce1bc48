import {
  createFleet,
  createQuotaGate,
  type Emulator,
  type FaultProxy,
  type Fleet,
  type FleetOptions,
  scopeOf,
  startEmulator,
  startProxy,
} from "@sluice/test-kit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { jobEnvironment, sluice } from "../sluice-command.ts";
import { deployFleet, type MeasuredRun } from "./measured-run.ts";

/** A thousand in `npm run test:faults`. */
const FUNCTIONS = process.env["SLUICE_TEST_FAULTS"] === "full" ? 1_000 : 100;
const ACCOUNT = "111111111111";
const OTHER = "222222222222";
const MEMORY = 300 * 1024 * 1024;

const gate = createQuotaGate();
let emulator: Emulator;
let proxy: FaultProxy;
let fleet: Fleet | undefined;

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await startProxy(emulator.endpoint, { intercept: gate.intercept });
});
afterAll(async () => {
  await proxy?.stop();
  await emulator?.stop();
});
afterEach(async () => {
  await fleet?.dispose();
  fleet = undefined;
});

async function build(cwd: string, home: string): Promise<void> {
  const { exitCode, stderr } = await sluice(cwd, ["build"], jobEnvironment(home));
  if (exitCode !== 0) throw new Error(stderr);
}

async function made(options: Omit<FleetOptions, "endpoint" | "build">): Promise<Fleet> {
  fleet = await createFleet({ endpoint: emulator.endpoint, build, ...options });
  return fleet;
}

/** How often each operation was carried out. */
function counts(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { operation } of proxy.calls.filter(({ status }) => status !== 429))
    found[operation] = (found[operation] ?? 0) + 1;
  return found;
}

/**
 * Whether calls kept within the quotas. Those that a machine is too busy to deliver in time arrive closer together than they were
 * sent, so that one in fifty may come too early for a gate this strict; without a limiter nearly all do.
 */
function expectSteady(): void {
  expect(gate.throttled.length).toBeLessThanOrEqual(Math.floor(proxy.calls.length / 50));
}

async function run(fleet: Fleet, accessKey = ACCOUNT): Promise<MeasuredRun> {
  proxy.reset();
  gate.reset();
  const ran = await deployFleet(fleet, proxy.endpoint, accessKey);
  const seconds = (ran.milliseconds / 1000).toFixed(1);
  const megabytes = Math.round(ran.memory / 1024 / 1024);
  process.stdout.write(
    `${fleet.names.length} functions: ${JSON.stringify(ran.summary)} in ${seconds} s, ${megabytes} MB, ${JSON.stringify(counts())}, ${gate.throttled.length} throttled\n`,
  );
  expect([ran.exitCode, ran.targets.filter((row) => row.error !== null)]).toEqual([0, []]);
  return ran;
}

describe("many functions within AWS's quotas", () => {
  it("are read by lists, and updated without one call too many", async () => {
    const place = { account: ACCOUNT, region: "eu-west-1" };
    const fleet = await made({ functions: FUNCTIONS, places: [place], alias: null, ballast: 20_000 });
    const unchanged = await run(fleet);
    expect(unchanged.summary).toMatchObject({ unchanged: FUNCTIONS });
    expect(counts()).toEqual({ GetCallerIdentity: 1, ListFunctions: FUNCTIONS / 50 });
    expectSteady();
    expect(unchanged.memory).toBeLessThan(MEMORY);

    await fleet.revise();
    const changed = await run(fleet);
    const codes = await fleet.built();
    expect(changed.summary).toMatchObject({ updated: FUNCTIONS });
    expect(changed.targets.every((row) => row.codeSha256 === codes.get(row.target))).toBe(true);
    const { GetFunction: polls = 0, ...others } = counts();
    expect(others).toEqual({
      GetCallerIdentity: 1,
      ListFunctions: FUNCTIONS / 50,
      UpdateFunctionCode: FUNCTIONS,
    });
    expect(polls).toBeLessThanOrEqual(2 * FUNCTIONS);
    expectSteady();
    expect(changed.memory).toBeLessThan(MEMORY);
    expect((await run(fleet)).summary).toMatchObject({ unchanged: FUNCTIONS });
  }, 600_000);

  it("with an alias and no store have it looked at once, which guards its move", async () => {
    const functions = FUNCTIONS / 2;
    const fleet = await made({
      functions,
      places: [{ account: ACCOUNT, region: "eu-west-2" }],
      alias: "live",
    });
    await fleet.revise();
    const { summary, memory } = await run(fleet);
    expect(summary).toMatchObject({ updated: functions });
    const { GetAlias, UpdateFunctionCode, UpdateAlias } = counts();
    expect({ GetAlias, UpdateFunctionCode, UpdateAlias }).toEqual({
      GetAlias: functions,
      UpdateFunctionCode: functions,
      UpdateAlias: functions,
    });
    expectSteady();
    expect(memory).toBeLessThan(MEMORY);
  }, 600_000);
});

/** When each place's updates were sent: milliseconds of the first and of the last, by access key and region. */
function spans(): readonly { readonly first: number; readonly last: number }[] {
  const found = new Map<string, number[]>();
  for (const call of proxy.calls.filter(({ operation }) => operation === "UpdateFunctionCode")) {
    const scope = scopeOf(call);
    const key = `${scope?.accessKey} ${scope?.region}`;
    found.set(key, [...(found.get(key) ?? []), call.at]);
  }
  return [...found.values()].map((times) => ({ first: Math.min(...times), last: Math.max(...times) }));
}

it.each([
  ["two regions", [ACCOUNT], ["us-east-1", "us-west-2"]],
  ["two accounts", [OTHER, "333333333333"], ["eu-west-1"]],
])(
  "%s take the time of the slowest",
  async (_what, accounts, regions) => {
    const places = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
    const fleet = await made({ functions: 40, places, alias: null });
    await fleet.revise();
    expect((await run(fleet)).summary).toMatchObject({ updated: 80 });
    const found = spans();
    expect(found).toHaveLength(2);
    // Each place takes two seconds by its quota: of what is done one after the other nothing would overlap.
    const overlap = Math.min(...found.map(({ last }) => last)) - Math.max(...found.map(({ first }) => first));
    const longest = Math.max(...found.map(({ first, last }) => last - first));
    expect(overlap / longest).toBeGreaterThan(0.5);
    expectSteady();
  },
  120_000,
);

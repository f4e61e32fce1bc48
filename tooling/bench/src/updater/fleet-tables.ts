import type { BenchmarkOptions } from "../benchmark.ts";
import { atMost, seconds } from "../rows.ts";
import type { Goal, Row, Table } from "../table.ts";
import { ACCOUNT, createFleetScene, deployFleet, type FleetRun, type FleetScene } from "./fleet-run.ts";
import { updateNaively } from "./naive.ts";

const FUNCTIONS = 1_000;
/** Writes that AWS takes in a second, per account and region. */
const QUOTA = 15;
const MEMORY = 300 * 1024 * 1024;
const REGION = "eu-west-1";

const heads = ["time", "memory", "calls"] as const;

function row(name: string, run: FleetRun, goals: readonly Goal[]): Row {
  const megabytes = run.memory === 0 ? "" : `${Math.round(run.memory / 1024 / 1024)} MB`;
  const calls = String(run.calls);
  return { name, median: `${seconds(run.milliseconds)} s`, range: megabytes, calls, goals };
}

function steady(run: FleetRun): readonly Goal[] {
  return [atMost(run.throttled, 0, `0 throttled (${run.throttled})`), atMost(run.memory, MEMORY, "300 MB")];
}

/** The shortest that so many writes may take, against what they took. */
function changedGoals(run: FleetRun): readonly Goal[] {
  const shortest = (run.writes / QUOTA) * 1_000;
  return [
    atMost(
      run.milliseconds,
      shortest * 1.1,
      `1.1 × ${seconds(shortest)} s (${(run.milliseconds / shortest).toFixed(2)})`,
    ),
    ...steady(run),
  ];
}

/** A thousand functions within AWS's quotas, and what a script without a limiter comes to. */
export async function fleetTable({ signal, say }: BenchmarkOptions): Promise<Table> {
  say(`updater: ${FUNCTIONS} functions behind AWS's quotas`);
  const places = [{ account: ACCOUNT, region: REGION }];
  const scene = await createFleetScene({ functions: FUNCTIONS, places, alias: null, signal });
  try {
    const unchanged = await deployFleet(scene, "unchanged", signal);
    await scene.fleet.revise();
    const changed = await deployFleet(scene, "updated", signal);
    await scene.fleet.revise();
    say("updater: the same by a loop with the SDK");
    const naive = await updateNaively(scene, REGION);
    return {
      title: `${FUNCTIONS} functions`,
      heads,
      rows: [
        row("unchanged", unchanged, [atMost(unchanged.milliseconds, 3_000, "3 s"), ...steady(unchanged)]),
        row("all changed", changed, changedGoals(changed)),
        row("loop with the SDK", naive, []),
      ],
      notes: [
        `The proxy lets ${QUOTA} control-plane calls and 100 GetFunction a second through, in any second.`,
        `The loop sends ${FUNCTIONS} updates, 50 at once, and waits for none to be ready: ${naive.throttled} of its calls were throttled, and the SDK gave up on ${naive.failed} functions.`,
      ],
    };
  } finally {
    await scene.dispose();
  }
}

/** Functions of each place; enough that the quota decides. */
const EACH = 60;

async function placesRun(
  places: readonly { readonly account: string; readonly region: string }[],
  signal: AbortSignal,
): Promise<FleetRun> {
  const scene: FleetScene = await createFleetScene({ functions: EACH, places, alias: "live", signal });
  try {
    await scene.fleet.revise();
    return await deployFleet(scene, "updated", signal);
  } finally {
    await scene.dispose();
  }
}

/** Two accounts with two regions each, beside one. */
export async function placesTable({ signal, say }: BenchmarkOptions): Promise<Table> {
  say("updater: two accounts with two regions each, beside one");
  const accounts = ["222222222222", "333333333333"];
  const four = accounts.flatMap((account) => [REGION, "us-east-1"].map((region) => ({ account, region })));
  const one = await placesRun([{ account: ACCOUNT, region: REGION }], signal);
  const all = await placesRun(four, signal);
  const ratio = all.milliseconds / one.milliseconds;
  return {
    title: `${EACH} functions with an alias in each place`,
    heads,
    rows: [
      row("one place", one, steady(one)),
      row("2 accounts × 2 regions", all, steady(all)),
      {
        name: "÷ one place",
        median: `${ratio.toFixed(2)} ×`,
        range: "",
        calls: "",
        goals: [atMost(ratio, 1.3, "1.30 ×")],
      },
    ],
    notes: ["Each place has quotas of its own: one after the other they would take four times as long."],
  };
}

import { type Emulator, type FaultProxy, inPool, startEmulator, startProxy } from "@sluice/test-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nextId } from "../faults/stage.ts";
import { createHistory, type History } from "./contenders.ts";
import { type RaceRules, runRace, type Start } from "./race.ts";
import { raceProblems } from "./verdict.ts";

const FULL = process.env["SLUICE_TEST_FAULTS"] === "full";
/** Of each kind. */
const ROUNDS = FULL ? 25 : 2;
const COMMITS = FULL ? 8 : 4;
/** Milliseconds within which all are started: a deployment takes about as long. */
const SPREAD = 1_500;

/** Milliseconds of a round trip: what is guarded against counts on an endpoint that is not on this machine. */
const ROUND_TRIP = 60;

let emulator: Emulator;
let proxy: FaultProxy;
let history: History;

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await startProxy(emulator.endpoint, { delayMs: ROUND_TRIP });
  history = await createHistory(COMMITS);
}, 120_000);
afterAll(async () => {
  await proxy?.stop();
  await emulator?.stop();
  await history?.dispose();
});

/** Numbers from 0 to 1 that are the same in each run of the tests. */
function numbers(seed: number): () => number {
  let state = seed * 7_919 + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Two to eight of the commits, in any order of starting. */
function startsOf(round: number): readonly Start[] {
  const random = numbers(round + 1);
  const count = 2 + Math.floor(random() * (COMMITS - 1));
  const spread = random() < 0.5 ? 0 : SPREAD;
  const shuffled = history.contenders
    .map((contender) => ({ contender, key: random() }))
    .sort((a, b) => a.key - b.key);
  return shuffled.slice(0, count).map(({ contender }) => ({ contender, after: random() * spread }));
}

const RULES: readonly RaceRules[] = [
  { name: "without a store", store: false, lease: false, args: [] },
  { name: "with a store and no lease", store: true, lease: false, args: [] },
  { name: "with a lease", store: true, lease: true, args: [] },
  { name: "waiting for the lease", store: true, lease: true, args: ["--wait"] },
];

it.each(RULES)(
  "of several commits $name one wins, and the others say so",
  async (rules) => {
    const rounds = Array.from({ length: ROUNDS }, (_, index) => index);
    const found = await inPool(rounds, FULL ? 2 : 1, async (round) => {
      const starts = startsOf(round);
      const race = await runRace(proxy.endpoint, history, rules, starts, nextId());
      const { problems, ages } = raceProblems(race, history.contenders);
      const newest = Math.max(...starts.map(({ contender }) => contender.age));
      const finish = raceProblems(race.finish, history.contenders);
      const mixed = new Set(ages).size > 1;
      if (rules.lease && mixed) problems.push(`the functions are of commits ${ages.join(" and ")}`);
      if (finish.problems.length > 0 || finish.ages.some((age) => age !== newest))
        problems.push(`the newest does not arrive in the end: ${finish.problems.join("; ")}`);
      return { round, starts: starts.length, ages, mixed, problems };
    });
    const sum = (of: (each: (typeof found)[number]) => number): number =>
      found.reduce((all, each) => all + of(each), 0);
    process.stdout.write(
      `races ${rules.name}: ${found.length} rounds, ${sum((each) => each.starts)} processes, ${sum((each) => (each.mixed ? 1 : 0))} with functions of two commits, ${sum((each) => (each.problems.length > 0 ? 1 : 0))} with problems\n`,
    );
    const bad = found.filter(({ problems }) => problems.length > 0);
    expect(bad.map(({ round, problems }) => `round ${round}: ${problems.join("; ")}`)).toEqual([]);
  },
  900_000,
);

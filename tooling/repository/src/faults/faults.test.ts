import { type Emulator, inPool, startEmulator } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Combination, deploy, tryCombination } from "./combination.ts";
import { FAULT_KINDS } from "./kinds.ts";
import { matrix } from "./matrix.ts";
import { SCENARIOS } from "./scenario.ts";
import { createStage, type Stage } from "./stage.ts";
import { type CallName, type FaultPlan, type Station, startStation } from "./station.ts";

/** `npm run test:faults` tries everything; `npm test` every fault at every call of the first scenario. */
const FULL = process.env["SLUICE_TEST_FAULTS"] === "full";
/** To try some alone, such as `SLUICE_TEST_FAULTS_ONLY="store: cut at GetObject"`: a part of what a finding says. */
const ONLY = process.env["SLUICE_TEST_FAULTS_ONLY"];
const isTried = (finding: string): boolean => ONLY === undefined || finding.includes(ONLY);
const SCENARIOS_TRIED = SCENARIOS.filter(({ name }, index) =>
  ONLY === undefined ? FULL || index === 0 : `${name}:`.includes(`${ONLY.split(":")[0]}:`),
);
/** Processes at once: each waits more than it computes. */
const WIDTH = 5;

let emulator: Emulator;
let station: Station;

beforeAll(async () => {
  emulator = await startEmulator();
  station = await startStation(emulator.endpoint);
});
afterAll(async () => {
  await station?.stop();
  await emulator?.stop();
});

/** The calls of a deployment that nothing disturbs. */
async function record(stage: Stage): Promise<readonly CallName[]> {
  const world = await stage.nextWorld();
  const { exitCode, line, stdout, stderr } = await deploy(stage, world, null);
  world.dispose();
  if (exitCode !== 0) throw new Error(`${stdout}${stderr}`);
  return line.calls;
}

function tell(title: string, combinations: readonly Combination[]): void {
  process.stdout.write(`\n${matrix(title, combinations)}\n`);
}

describe.each(SCENARIOS_TRIED)("a deployment with $name", (scenario) => {
  it("converges by one more run, whatever happens to any of its calls", async () => {
    const stage = await createStage({ scenario, station, endpoint: emulator.endpoint });
    try {
      const calls = await record(stage);
      const told = ({ at, kind }: FaultPlan): string => `${scenario.name}: ${kind} at ${at}`;
      const plans = calls
        .flatMap((at) => FAULT_KINDS.map((kind): FaultPlan => ({ at, kind })))
        .filter((plan) => isTried(told(plan)));
      const combinations = await inPool(plans, WIDTH, (plan) => tryCombination(stage, plan));
      tell(scenario.name, combinations);
      const bad = combinations.filter(({ problems }) => problems.length > 0);
      expect(bad.map((each) => `${told(each)}: ${each.problems.join("; ")}`)).toEqual([]);
      // A fault that strikes nothing proves nothing.
      const struck = combinations.filter((each) => each.struck).length;
      expect(struck / combinations.length).toBeGreaterThan(0.8);
    } finally {
      await stage.dispose();
    }
  }, 900_000);
});

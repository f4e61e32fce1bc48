import { inPool, MOTO_ACCOUNT, startEmulator, startMoto } from "@sluice/test-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { record, tryCombination } from "./combination.ts";
import { matrix } from "./matrix.ts";
import { type Extent, plansOf } from "./plans.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { createStage } from "./stage.ts";
import { type FaultPlan, type Station, startStation } from "./station.ts";

/** `npm run test:faults` tries everything; `npm test` the first scenario, and at reads a few kinds alone. */
const FULL = process.env["SLUICE_TEST_FAULTS"] === "full";
/** To try some alone, such as `SLUICE_TEST_FAULTS_ONLY="store: cut at GetObject"`: a part of what a finding says. */
const ONLY = process.env["SLUICE_TEST_FAULTS_ONLY"];
const isTried = (finding: string): boolean => ONLY === undefined || finding.includes(ONLY);
const SCENARIOS_TRIED = SCENARIOS.filter(({ name }, index) =>
  ONLY === undefined ? FULL || index === 0 : `${name}:`.includes(`${ONLY.split(":")[0]}:`),
);
/** Processes at once: each waits more than it computes. */
const WIDTH = 5;

/** AWS, as somebody plays it. */
interface Player {
  readonly endpoint: string;
  /** Where all access keys are of one account. */
  readonly account?: string;
  /** Does not know RevisionIds, and publishes what is unchanged: an update that was carried out twice leaves two versions. */
  readonly publishesTwice?: boolean;
  stop(): Promise<void>;
}

function extentOf({ publishesTwice = false }: Player): Extent {
  if (publishesTwice) return "second opinion";
  return FULL || ONLY !== undefined ? "full" : "short";
}

/** Tries the faults at the calls of a scenario, and prints the table. */
async function tryAll(
  scenario: Scenario,
  player: Player,
  station: Station,
  title = scenario.name,
): Promise<void> {
  const stage = await createStage({ scenario, station, ...player });
  try {
    const told = ({ at, kind }: FaultPlan): string => `${scenario.name}: ${kind} at ${at}`;
    const plans = plansOf(scenario, await record(stage), extentOf(player)).filter((plan) =>
      isTried(told(plan)),
    );
    const combinations = await inPool(plans, WIDTH, (plan) => tryCombination(stage, plan));
    process.stdout.write(`\n${matrix(title, combinations)}\n`);
    const bad = combinations.filter(({ problems }) => problems.length > 0);
    expect(bad.map((each) => `${told(each)}: ${each.problems.join("; ")}`)).toEqual([]);
    // A fault that strikes nothing proves nothing.
    const struck = combinations.filter((each) => each.struck).length;
    expect(struck / combinations.length).toBeGreaterThan(0.8);
  } finally {
    await stage.dispose();
  }
}

let player: Player;
let station: Station;

function playedBy(start: () => Promise<Player>): void {
  beforeAll(async () => {
    player = await start();
    station = await startStation(player.endpoint);
  }, 180_000);
  afterAll(async () => {
    await station?.stop();
    await player?.stop();
  });
}

const CONVERGES = "converges by one more run, whatever happens to any of its calls";

describe("on the embedded AWS", () => {
  playedBy(startEmulator);
  it.each(SCENARIOS_TRIED)(
    `a deployment with $name ${CONVERGES}`,
    async (scenario) => {
      await tryAll(scenario, player, station);
    },
    1_800_000,
  );
});

const ON_MOTO = SCENARIOS_TRIED.filter(({ lacking = [] }) => FULL && !lacking.includes("moto"));

describe.runIf(ON_MOTO.length > 0)("on moto", () => {
  playedBy(async () => {
    const moto = await startMoto();
    const role = { RoleName: "execution", AssumeRolePolicyDocument: "{}" };
    const body = new URLSearchParams({ Action: "CreateRole", Version: "2010-05-08", ...role });
    const authorization =
      "AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/iam/aws4_request, Signature=00";
    await fetch(moto.endpoint, { method: "POST", body, headers: { authorization } });
    return { ...moto, account: MOTO_ACCOUNT, publishesTwice: true };
  });
  const provisioned = { Role: `arn:aws:iam::${MOTO_ACCOUNT}:role/execution` };
  it.each(ON_MOTO)(
    `a deployment with $name ${CONVERGES}`,
    async (scenario) => {
      await tryAll({ ...scenario, provisioned }, player, station, `${scenario.name}, moto`);
    },
    1_800_000,
  );
});

import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { runCommand } from "../command.ts";
import { type Contender, interleave, type Series } from "../interleave.ts";
import { SLUICE } from "../root.ts";
import { atMost, describeCalls, lessThan, ratioRow, timeRow } from "../rows.ts";
import { summarize } from "../statistics.ts";
import type { Goal, Row, Table } from "../table.ts";
import {
  builtContender,
  changedContender,
  peerContender,
  type ReadyPeer,
  readyPeers,
  unchangedContender,
} from "./contenders.ts";
import { profile } from "./profile.ts";
import { createScene, DELAY_MS, type Scene } from "./scene.ts";

type Peers = Awaited<ReturnType<typeof readyPeers>>;

/** Starting `node` and the command takes so little that more rounds are needed to tell them apart. */
const START_ROUNDS = 3;

const medianCalls = (series: Series): number =>
  summarize(series.operations.map((each) => each.length)).median;
const medianSeconds = (series: Series): number => summarize(series.milliseconds).median / 1000;
const lambdaCalls = (series: Series): number =>
  summarize(series.operations.map((each) => each.filter((name) => name !== "GetCallerIdentity").length))
    .median;

function contendersOf(scene: Scene, peers: Peers): readonly Contender[] {
  return Object.entries(peers).flatMap(([id, peer]: [string, ReadyPeer]) =>
    "deploy" in peer ? [peerContender(scene, peer, id)] : [],
  );
}

function seriesOf(all: readonly Series[], name: string): Series | undefined {
  return all.find((series) => series.name === name);
}

/** Half of lambroll's time, or where it cannot be built, all of the AWS CLI's. */
function comparisons(all: readonly Series[], own: Series, peers: Peers, withGoals: boolean): readonly Row[] {
  const lambroll = seriesOf(all, peers.lambroll.name);
  const awsCli = seriesOf(all, peers.awsCli.name);
  const half = withGoals ? (ratio: number): Goal => lessThan(ratio, 0.5, "0.50 ×") : undefined;
  const whole =
    withGoals && lambroll === undefined ? (ratio: number): Goal => lessThan(ratio, 1, "1.00 ×") : undefined;
  return [
    ...(lambroll === undefined ? [] : [ratioRow(own, lambroll, half)]),
    ...(awsCli === undefined ? [] : [ratioRow(own, awsCli, whole)]),
  ];
}

function callNotes(all: readonly Series[]): readonly string[] {
  const calling = all.filter((series) => medianCalls(series) > 0);
  return calling.map((series) => `${series.name}: ${describeCalls(series)}.`);
}

function missingNotes(peers: Peers): readonly string[] {
  return Object.values(peers).flatMap((peer: ReadyPeer) =>
    "missing" in peer ? [`${peer.name} could not be installed: ${peer.missing}`] : [],
  );
}

async function changed(scene: Scene, peers: Peers, options: BenchmarkOptions): Promise<Table> {
  const contenders = [changedContender(scene), builtContender(scene), ...contendersOf(scene, peers)];
  const all = await interleave(contenders, { ...options, recorder: scene.proxy });
  const [own, built, ...others] = all as readonly [Series, Series, ...Series[]];
  return {
    title: "code changed, alias moved",
    rows: [
      timeRow(own, [atMost(lambdaCalls(own), 5, "5 Lambda calls")]),
      ...comparisons(all, own, peers, true),
      timeRow(built, [atMost(lambdaCalls(built), 5, "5 Lambda calls")]),
      ...comparisons(all, built, peers, true),
      ...others.map((series) => timeRow(series)),
    ],
    notes: [
      ...callNotes(all),
      ...missingNotes(peers),
      "`sluice deploy` bundles; “built” and the others are given a zip.",
      "The identity check (GetCallerIdentity) is sent beside the first read: it takes no time.",
    ],
  };
}

function nodeContender(scene: Scene, name: string, args: readonly string[]): Contender {
  const { folder: cwd, env } = scene;
  return {
    name,
    run: async () => {
      await runCommand(process.execPath, args, { cwd, env });
    },
  };
}

async function unchanged(scene: Scene, peers: Peers, options: BenchmarkOptions): Promise<Table> {
  const node = nodeContender(scene, "node -e 0", ["-e", "0"]);
  const contenders = [unchangedContender(scene), node, ...contendersOf(scene, peers)];
  const all = await interleave(contenders, { ...options, recorder: scene.proxy });
  const [own, empty, ...others] = all as readonly [Series, Series, ...Series[]];
  const goals = [atMost(lambdaCalls(own), 1, "1 Lambda call"), atMost(medianSeconds(own), 0.45, "0.45 s")];
  return {
    title: "unchanged",
    rows: [
      timeRow(own, goals),
      ratioRow(own, empty, (ratio) => atMost(ratio, 7.5, "7.50 ×")),
      ...comparisons(all, own, peers, false),
      timeRow(empty),
      ...others.map((series) => timeRow(series)),
    ],
    notes: [...callNotes(all), "The goal of 0.45 s is for a machine where `node -e 0` takes 0.06 s."],
  };
}

async function starting(scene: Scene, options: BenchmarkOptions): Promise<Table> {
  const contenders = [
    nodeContender(scene, "sluice --version", [SLUICE, "--version"]),
    nodeContender(scene, "node -e 0", ["-e", "0"]),
  ];
  const all = await interleave(contenders, { ...options, runs: options.runs * START_ROUNDS });
  const [own, empty] = all as readonly [Series, Series];
  const rows = [timeRow(own), ratioRow(own, empty, (ratio) => atMost(ratio, 1.5, "1.50 ×")), timeRow(empty)];
  return { title: "starting", rows, notes: [] };
}

async function run(options: BenchmarkOptions): Promise<readonly Table[]> {
  options.say("deploy: starting the emulator, making a function repository");
  const scene = await createScene(options);
  try {
    options.say("deploy: installing the tools to compare with");
    const peers = await readyPeers(scene, options.signal);
    options.say(`deploy: ${options.runs} rounds each, ${DELAY_MS} ms added to every call`);
    return [
      await changed(scene, peers, options),
      await unchanged(scene, peers, options),
      await starting(scene, options),
    ];
  } finally {
    await scene.dispose();
  }
}

/** One function with an alias: deployed changed and unchanged, beside what users would otherwise pick. */
export const deployBenchmark: Benchmark = { run, profile };

import { loadavg } from "node:os";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { interleave, type Series } from "../interleave.ts";
import { createMeter, type Meter } from "../meter.ts";
import { SERVERLESS_ESBUILD_VERSION } from "../peers/osls.ts";
import { atMost, lessThan, ratioRow, timeRow } from "../rows.ts";
import { summarize } from "../statistics.ts";
import type { Goal, Row, Table } from "../table.ts";
import {
  type Bundling,
  changedContender,
  coldContender,
  floorContender,
  functionsOf,
  type Peers,
  type ReadyPeer,
  readyPeers,
  unchangedContender,
} from "./contenders.ts";
import { ESBUILD_VERSION } from "./dependencies.ts";
import { GROWTH, growthTables, measureGrowth } from "./growth.ts";
import { type Inspected, inspect, packagesTable } from "./packages.ts";
import { profile } from "./profile.ts";
import { createScene, type Scene } from "./scene.ts";

/** As many functions as a team has. */
export const COUNT = 20;

const isReady = (peer: ReadyPeer | null): peer is Bundling => peer !== null && "run" in peer;

function missingNotes(peers: Peers): readonly string[] {
  const missing = Object.values(peers).flatMap((peer: ReadyPeer | null) =>
    peer !== null && "missing" in peer ? [`${peer.name} could not be installed: ${peer.missing}`] : [],
  );
  return peers.sam === null ? [...missing, "SAM takes minutes and is skipped; --all runs it once."] : missing;
}

/** SAM is run once; the median of the others is held against that. */
async function samRows(peers: Peers, own: Series): Promise<readonly Row[]> {
  if (!isReady(peers.sam)) return [];
  const { name } = peers.sam;
  await peers.sam.prepare?.(0);
  const started = performance.now();
  await peers.sam.run(0);
  const once = { name, milliseconds: [performance.now() - started], operations: [[]] };
  const typical = { ...own, milliseconds: [summarize(own.milliseconds).median] };
  return [ratioRow(typical, once, (ratio) => atMost(ratio, 0.05, "0.05 ×")), timeRow(once)];
}

/** What the tables are made of. */
interface Measured {
  readonly meter: Meter;
  readonly cold: Series;
  readonly unchanged: Series;
  readonly changed: Series;
  readonly checked: Series;
  readonly floor: Series;
  readonly peers: readonly Series[];
}

function coldTable(
  { meter, cold, checked, floor, peers }: Measured,
  sam: readonly Row[],
  notes: readonly string[],
): Table {
  const goals: Readonly<Record<string, number>> = { osls: 0.5, CDK: 0.4 };
  const limit = (name: string): number => goals[name.split(" ")[0] ?? ""] ?? 1;
  const against = (series: Series): Row =>
    ratioRow(cold, series, (ratio) => {
      const most = limit(series.name);
      return atMost(ratio, most, `${most.toFixed(2)} ×`);
    });
  return {
    title: `${COUNT} functions, cold`,
    heads: ["median", "min–max", "cpu"],
    rows: [
      meter.row(cold),
      ...peers.map(against),
      ratioRow(cold, floor, (ratio) => atMost(ratio, 1.15, "1.15 ×")),
      meter.row(checked),
      ratioRow(checked, cold),
      meter.row(floor),
      ...peers.map((series) => meter.row(series)),
      ...sam,
    ],
    notes,
  };
}

function againTable({ meter, cold, unchanged, changed }: Measured): Table {
  const { median } = summarize(unchanged.milliseconds);
  const coldGoal =
    (limit: number) =>
    (ratio: number): Goal =>
      atMost(ratio, limit, `${limit.toFixed(2)} ×`);
  return {
    title: `${COUNT} functions, again`,
    heads: ["median", "min–max", "cpu"],
    rows: [
      meter.row(unchanged, [lessThan(median, 500, "0.50 s")]),
      ratioRow(unchanged, cold, coldGoal(0.05)),
      meter.row(changed),
      ratioRow(changed, cold, coldGoal(0.2)),
    ],
    notes: [],
  };
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

/** Sizes of what was made last, and of what Sluice makes when it is told to leave nothing out that the others keep. */
async function comparePackages(
  scene: Scene,
  own: Bundling,
  others: readonly Bundling[],
  peers: Peers,
): Promise<Table> {
  const names = functionsOf(COUNT).map(({ name }) => name);
  const inspected: Inspected[] = [];
  for (const contender of [own, ...others]) inspected.push(await inspect(scene, contender, names));
  const [first, ...rest] = inspected as [Inspected, ...Inspected[]];
  const options = { count: COUNT, importCheck: false, asOthers: true };
  const configuration = await scene.repository.configure(options);
  const asOthers = coldContender(scene, "sources, CommonJS kept", configuration, COUNT);
  await asOthers.prepare?.(0);
  await asOthers.run(0);
  const table = packagesTable([first, await inspect(scene, asOthers, names)], rest, peers.osls.name);
  const note =
    "By default Sluice's maps hold no sources of packages, and the AWS SDK's ES modules are taken. The second row has both as esbuild and the others have them.";
  return { ...table, notes: [note, ...table.notes] };
}

async function compare(scene: Scene, options: BenchmarkOptions): Promise<readonly Table[]> {
  const { signal, say, runs } = options;
  say("bundler: installing the tools to compare with");
  const peers = await readyPeers(scene, COUNT, options);
  const plain = await scene.repository.configure({ count: COUNT, importCheck: false });
  const withCheck = await scene.repository.configure({ count: COUNT, importCheck: true });
  const cold = coldContender(scene, "sluice build", plain, COUNT);
  const floor = floorContender(scene, COUNT);
  const others = [peers.osls, peers.cdk].filter(isReady);
  say(`bundler: ${runs} rounds each, after round 0, which warms up`);
  const loadBefore = load();
  const again = [unchangedContender(scene, plain), changedContender(scene, plain, COUNT)];
  const checked = coldContender(scene, "with the import check", withCheck, COUNT);
  const meter = createMeter(scene.watch, (line) => say(`bundler: ${line}`));
  const contenders = [cold, ...again, checked, floor, ...others];
  const all = await interleave(contenders.map(meter.watched), { runs, signal });
  const [first, unchanged, changed, second, bare, ...rest] = all as readonly [
    Series,
    Series,
    Series,
    Series,
    Series,
    ...Series[],
  ];
  const measured: Measured = {
    meter,
    cold: first,
    unchanged,
    changed,
    checked: second,
    floor: bare,
    peers: rest,
  };
  const sam = await samRows(peers, first);
  const loadAfter = load();
  say("bundler: loading what was made");
  const packages = await comparePackages(scene, cold, [floor, ...others, peers.sam].filter(isReady), peers);
  return [
    coldTable(measured, sam, [
      `All bundle with esbuild ${ESBUILD_VERSION}: minified, maps, ES modules for Node.js 22. osls does so with serverless-esbuild ${SERVERLESS_ESBUILD_VERSION}.`,
      "The floor is one bare esbuild build and deflating its outputs (zlib, level 6) on two cores. CDK makes no zips.",
      ...missingNotes(peers),
      `Load average of the machine: ${loadBefore} before, ${loadAfter} after; contenders make some of it themselves.`,
    ]),
    againTable(measured),
    packages,
  ];
}

async function run(options: BenchmarkOptions): Promise<readonly Table[]> {
  options.say("bundler: making a function repository");
  const scene = await createScene(Math.max(...GROWTH), options);
  try {
    const compared = await compare(scene, options);
    return [...compared, ...growthTables(await measureGrowth(scene, options))];
  } finally {
    await scene.dispose();
  }
}

/** Twenty functions that share their packages: bundled cold and again, beside what users would otherwise pick. */
export const bundlerBenchmark: Benchmark = { run, profile };

import { loadavg } from "node:os";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import type { Series } from "../interleave.ts";
import { createMeter } from "../meter.ts";
import type { Peer } from "../peers/peer.ts";
import { sam } from "../peers/sam.ts";
import { ratioRow, timeRow } from "../rows.ts";
import type { Table } from "../table.ts";
import { coldContender, uvContender } from "./contenders.ts";
import { type Contenders, contendersOf, measure } from "./measure.ts";
import { MACHINES } from "./packages.ts";
import { type Inspected, inspect, packagesTable } from "./packages-table.ts";
import { profile } from "./profile.ts";
import type { Configuration } from "./repository.ts";
import { createScene, type Scene } from "./scene.ts";
import { againTable, aloneTable, coldTable, effortTable, warmTable } from "./tables.ts";

function samNote(scene: Scene, peer: Peer | null): string {
  if (peer === null) return "SAM takes long and is skipped; --all runs it.";
  if ("missing" in peer) return `${peer.name} could not be installed: ${peer.missing}`;
  return scene.tools.target === null
    ? `${peer.name} is left out: it needs the functions' own Python.`
    : `${peer.name} makes folders, no zips.`;
}

/** Once each, with whatever registry this machine has: its answers count as much as the software. */
async function registryTable(scene: Scene, options: BenchmarkOptions): Promise<Table> {
  const command = scene.remote;
  const configuration = (requirements: Configuration["requirements"]): Promise<string> =>
    scene.repository.configure({ machines: MACHINES, requirements, importCheck: false });
  const count = MACHINES.length;
  const lock = await configuration("lock");
  const direct = await configuration("direct");
  const contenders = [
    coldContender(scene, { name: "sluice build", configuration: lock, count, command }),
    coldContender(scene, { name: "versions left to uv", configuration: direct, count, command }),
    uvContender(scene, { name: "uv and zipfile", machines: MACHINES, isCold: true, command }),
  ];
  const rows: Series[] = [];
  for (const { name, prepare, run } of contenders) {
    options.say(`python: ${name}, from the registry`);
    await prepare?.(0);
    const started = performance.now();
    await run(0);
    rows.push({ name, milliseconds: [performance.now() - started], operations: [[]] });
  }
  const [own, resolved, peer] = rows as [Series, Series, Series];
  return {
    title: "from the registry, once",
    rows: [timeRow(own), ratioRow(own, peer), timeRow(resolved), ratioRow(resolved, peer), timeRow(peer)],
    notes: [
      "Everything else is measured with an index on loopback that has the same wheels and answers as PyPI does.",
    ],
  };
}

/** Sizes of what was made last; other configurations have written over the first one's zips. */
async function comparePackages(scene: Scene, { cold, uvCold, pip }: Contenders): Promise<Table> {
  await cold.prepare?.(0);
  await cold.run(0);
  const others: Inspected[] = [];
  for (const contender of [uvCold, pip]) others.push(await inspect(scene, contender));
  return packagesTable(await inspect(scene, cold), others);
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

async function compare(scene: Scene, options: BenchmarkOptions): Promise<readonly Table[]> {
  const { say, isAll, signal, runs } = options;
  const meter = createMeter(scene.watch, (line) => say(`python: ${line}`));
  const peer = isAll ? await sam(signal) : null;
  const contenders = await contendersOf(scene, peer);
  const loadBefore = load();
  say(`python: ${runs} rounds each, after round 0, which warms up`);
  const measured = await measure(contenders, meter, options);
  const loadAfter = load();
  say("python: calling handlers of what was made");
  const packages = await comparePackages(scene, contenders);
  const { names } = scene.tools;
  return [
    coldTable(meter, measured, [
      `numpy, pandas, pydantic and cryptography for arm64 and x86_64. Everyone is given the same lock with sums; ${names.uv} and ${names.pip} install for both machines at once, and Python's zipfile packs both at once, at level 6.`,
      `Load average of the machine: ${loadBefore} before, ${loadAfter} after; contenders make some of it themselves.`,
    ]),
    aloneTable(meter, measured),
    warmTable(meter, measured, samNote(scene, peer)),
    againTable(meter, measured),
    packages,
    effortTable(meter, measured),
    await registryTable(scene, options),
  ];
}

async function run(options: BenchmarkOptions): Promise<readonly Table[]> {
  options.say("python: fetching tools and wheels, making a function repository");
  const scene = await createScene(options);
  try {
    return await compare(scene, options);
  } finally {
    await scene.dispose();
  }
}

/** Two functions with compiled packages, for arm64 and x86_64: packed cold, warm and again, beside what users would otherwise do. */
export const pythonBenchmark: Benchmark = { run, profile };

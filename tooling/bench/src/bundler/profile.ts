import type { BenchmarkOptions } from "../benchmark.ts";
import { type CpuProfile, total } from "../deploy/cpu-profile.ts";
import { type Milestone, reads, START_MILESTONES } from "../deploy/phases.ts";
import { busiestLines, type Observed, observe, phaseLines, type Subject, sampleCpu } from "../observe.ts";
import { summarize } from "../statistics.ts";
import { floorContender } from "./contenders.ts";
import type { FloorTimes } from "./floor.ts";
import { createScene, type Scene } from "./scene.ts";

/** As many as the comparison has. */
const COUNT = 20;
/** Microseconds: a build takes seconds. */
const SAMPLE_US = 1000;

/** In the order in which a cold `sluice build` comes by. */
export const BUILD_MILESTONES: readonly Milestone[] = [
  ...START_MILESTONES,
  { name: "esbuild", begins: ({ kind, what }) => kind === "process" && what.includes("esbuild") },
  // Packages are compressed by workers, which are started for the first one.
  { name: "packages", begins: ({ kind }) => kind === "worker" },
  { name: "first zip is written", begins: reads(/^(?:writeFile|open|rename)\w* .*artifacts[/\\].*\.zip/) },
  { name: "exit", begins: ({ kind }) => kind === "exit" },
];

function floorLine(times: readonly FloorTimes[]): string {
  const median = (pick: (one: FloorTimes) => number): string => summarize(times.map(pick)).median.toFixed(0);
  return `  the floor: Node.js and modules ${median(({ start }) => start)} ms, esbuild ${median(({ esbuild }) => esbuild)} ms, deflating and writing ${median(({ deflate }) => deflate)} ms`;
}

/** A thread is a worker when it runs a worker's file; workers are added up, the main thread is looked into. */
function threadLines(profiles: readonly CpuProfile[]): readonly string[] {
  const isWorker = (profile: CpuProfile): boolean =>
    profile.nodes.some(
      ({ callFrame }) => /worker/i.test(callFrame.url) && !callFrame.url.startsWith("node:"),
    );
  const main = profiles.filter((profile) => !isWorker(profile));
  const lines = main.flatMap((profile) => [
    `  the main thread of one run: ${total(profile).toFixed(0)} ms; its busiest functions in ms`,
    ...busiestLines(profile),
  ]);
  // A worker that is still waiting at the end leaves no profile.
  const workers = profiles.filter(isWorker).map((profile) => `${total(profile).toFixed(0)} ms`);
  return workers.length === 0 ? lines : [...lines, `  workers: ${workers.join(", ")}`];
}

async function observeRuns(
  scene: Scene,
  subject: Subject,
  runs: number,
): Promise<{ readonly observed: readonly Observed[]; readonly floor: readonly FloorTimes[] }> {
  const observed: Observed[] = [];
  const times: FloorTimes[] = [];
  const floor = floorContender(scene, COUNT);
  for (let run = 0; run < runs; run += 1) {
    await scene.forget();
    observed.push(await observe(subject, BUILD_MILESTONES));
    await floor.prepare?.(run);
    await floor.run(run);
    const last = floor.last();
    if (last !== null) times.push(last);
  }
  return { observed, floor: times };
}

/** Where the time of one cold `sluice build` goes: its phases beside the floor's, and where its threads compute. */
export async function profile(options: BenchmarkOptions): Promise<readonly string[]> {
  options.say("bundler: making a function repository");
  const scene = await createScene(COUNT, options);
  try {
    const configuration = await scene.repository.configure({ count: COUNT, importCheck: false });
    const args = ["build", "--config", configuration];
    const subject: Subject = { args, command: scene.command, folder: scene.folder };
    await scene.build(configuration);
    const { observed, floor } = await observeRuns(scene, subject, options.runs);
    await scene.forget();
    const threads = threadLines(await sampleCpu(subject, SAMPLE_US));
    return [
      `cold sluice build of ${COUNT} functions, ${options.runs} runs under observation, no import check`,
      "",
      ...phaseLines(observed),
      floorLine(floor),
      "",
      ...threads,
    ];
  } finally {
    await scene.dispose();
  }
}

import type { BenchmarkOptions } from "../benchmark.ts";
import { total } from "../deploy/cpu-profile.ts";
import { busiestLines, type Observed, observe, type Subject, sampleCpu } from "../observe.ts";
import { summarize } from "../statistics.ts";
import { MACHINES } from "./packages.ts";
import type { Configuration } from "./repository.ts";
import { createScene, type Scene } from "./scene.ts";
import { spanLines, spansOf } from "./spans.ts";

/** Microseconds between samples. */
const SAMPLE_US = 500;

/** A build that is looked into. */
interface Case {
  readonly title: string;
  readonly requirements: Configuration["requirements"];
  readonly prepare: (scene: Scene) => Promise<void>;
}

const CASES: readonly Case[] = [
  { title: "cold, a lock with sums", requirements: "lock", prepare: (scene) => scene.forgetAll() },
  { title: "cold, versions left to uv", requirements: "direct", prepare: (scene) => scene.forgetAll() },
  { title: "warm, a lock with sums", requirements: "lock", prepare: (scene) => scene.forget() },
  { title: "nothing changed", requirements: "lock", prepare: async () => {} },
];

async function linesOf(
  scene: Scene,
  { title, requirements, prepare }: Case,
  runs: number,
): Promise<readonly string[]> {
  const machines = MACHINES;
  const configuration = await scene.repository.configure({ machines, requirements, importCheck: false });
  const args = ["build", "--config", configuration];
  const subject: Subject = { args, command: scene.command, folder: scene.folder };
  await scene.build(configuration);
  const observed: Observed[] = [];
  for (let run = 0; run < runs; run += 1) {
    await prepare(scene);
    observed.push(await observe(subject, []));
  }
  await prepare(scene);
  const threads = await sampleCpu(subject, SAMPLE_US);
  const { median, min, max } = summarize(observed.map(({ wall }) => wall));
  const busy = threads.map((thread) => ({ thread, busy: total(thread) }));
  busy.sort((one, other) => other.busy - one.busy);
  return [
    `${title}: ${median.toFixed(0)} ms (${min.toFixed(0)}–${max.toFixed(0)})`,
    ...spanLines(observed.map(({ events }) => spansOf(events))),
    "",
    ...busy.flatMap(({ thread, busy: milliseconds }) => [
      `  a thread was busy for ${milliseconds.toFixed(0)} ms; its busiest functions in ms`,
      ...busiestLines(thread),
    ]),
    "",
  ];
}

/** Where the time of `sluice build` goes: what goes on when, and where its threads compute. */
export async function profile({ runs, signal, say }: BenchmarkOptions): Promise<readonly string[]> {
  say("python: fetching tools and wheels, making a function repository");
  const scene = await createScene({ signal });
  try {
    const lines = [`sluice build of two functions, ${runs} runs under observation, no import check`, ""];
    for (const each of CASES) {
      say(`python: ${each.title}`);
      lines.push(...(await linesOf(scene, each, runs)));
    }
    return lines;
  } finally {
    await scene.dispose();
  }
}

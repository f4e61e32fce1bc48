import type { BenchmarkOptions } from "../benchmark.ts";
import {
  busiestLines,
  number,
  type Observed,
  observe,
  phaseLines,
  type Subject,
  sampleCpu,
} from "../observe.ts";
import { DEPLOY_MILESTONES } from "./phases.ts";
import type { ProbeEvent } from "./probe.ts";
import { createScene, DELAY_MS, type Scene } from "./scene.ts";

function subjectOf(scene: Scene, signal: AbortSignal): Subject {
  const { repository, env, folder } = scene;
  return { args: ["deploy"], command: { cwd: repository.path, env, signal }, folder };
}

/** What goes on beside: other processes and calls, of the last run. */
function besideLines(events: readonly ProbeEvent[]): readonly string[] {
  const beside = events.filter(({ kind }) => kind === "process" || kind === "request");
  return beside.map(({ kind, what, start, end }) => {
    const times = `${number(start, 7)}${number(end - start, 9)}`;
    return `  ${times}  ${kind === "process" ? what.split(" ").slice(0, 2).join(" ") : what}`.slice(0, 80);
  });
}

async function observeAll(
  scene: Scene,
  { runs, signal }: BenchmarkOptions,
  prepare: () => Promise<void>,
): Promise<readonly string[]> {
  await scene.sluice("deploy");
  const observed: Observed[] = [];
  for (let run = 0; run < runs; run += 1) {
    await prepare();
    observed.push(await observe(subjectOf(scene, signal), DEPLOY_MILESTONES));
  }
  return [
    ...phaseLines(observed),
    "",
    "  beside, in the last run: from ms, takes ms",
    ...besideLines(observed.at(-1)?.events ?? []),
    "",
  ];
}

/** Where the time of one `sluice deploy` goes: its phases, what it waits for, and where it computes. */
export async function profile(options: BenchmarkOptions): Promise<readonly string[]> {
  options.say("deploy: starting the emulator, making a function repository");
  const scene = await createScene(options);
  try {
    const changed = await observeAll(scene, options, () => scene.repository.revise());
    const unchanged = await observeAll(scene, options, async () => {});
    // Fine enough for a process of some hundred milliseconds.
    const [cpu] = await sampleCpu(subjectOf(scene, options.signal), 100);
    return [
      `sluice deploy, ${options.runs} runs under observation, ${DELAY_MS} ms added to every call`,
      "",
      "code changed, alias moved",
      ...changed,
      "unchanged",
      ...unchanged,
      "  busiest functions of one unchanged run, in ms, sampled every 0.1 ms",
      ...(cpu === undefined ? [] : busiestLines(cpu)),
    ];
  } finally {
    await scene.dispose();
  }
}

import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchmarkOptions } from "../benchmark.ts";
import { runCommand } from "../command.ts";
import { SLUICE } from "../root.ts";
import { summarize } from "../statistics.ts";
import { busiest, type CpuProfile } from "./cpu-profile.ts";
import { type Phase, phasesOf } from "./phases.ts";
import type { ProbeEvent } from "./probe.ts";
import { createScene, DELAY_MS, type Scene } from "./scene.ts";

const PROBE: string = new URL("probe.js", import.meta.url).href;
const PLACES = 15;

interface Observed {
  readonly phases: readonly Phase[];
  readonly events: readonly ProbeEvent[];
  /** Milliseconds of the whole process, as its starter sees it. */
  readonly wall: number;
}

async function observe(scene: Scene, signal: AbortSignal): Promise<Observed> {
  const file = join(scene.folder, "probe.json");
  const env = { ...scene.env, SLUICE_BENCH_PROBE: file };
  const started = performance.now();
  const args = ["--import", PROBE, SLUICE, "deploy"];
  await runCommand(process.execPath, args, { cwd: scene.repository.path, env, signal });
  const wall = performance.now() - started;
  const events = JSON.parse(await readFile(file, "utf8")) as ProbeEvent[];
  return { phases: phasesOf(events, wall), events, wall };
}

async function sampleCpu(scene: Scene, signal: AbortSignal): Promise<CpuProfile> {
  const folder = join(scene.folder, "cpu");
  await mkdir(folder);
  // Microseconds: fine enough for a process of some hundred milliseconds.
  const args = ["--cpu-prof", "--cpu-prof-interval", "100", "--cpu-prof-dir", folder, SLUICE, "deploy"];
  await runCommand(process.execPath, args, { cwd: scene.repository.path, env: scene.env, signal });
  const [name = ""] = await readdir(folder);
  return JSON.parse(await readFile(join(folder, name), "utf8")) as CpuProfile;
}

const number = (value: number, width: number): string => value.toFixed(0).padStart(width);

function phaseLines(observed: readonly Observed[]): readonly string[] {
  const names = observed[0]?.phases.map(({ name }) => name) ?? [];
  const lines = names.map((name) => {
    const same = observed.flatMap(({ phases }) => phases.filter((phase) => phase.name === name));
    const median = (pick: (phase: Phase) => number): number => summarize(same.map(pick)).median;
    const { min, max } = summarize(same.map((phase) => phase.milliseconds));
    const range = `${min.toFixed(0)}–${max.toFixed(0)}`.padStart(12);
    return `  ${name.padEnd(22)}${number(
      median(({ start }) => start),
      7,
    )}${number(
      median(({ milliseconds }) => milliseconds),
      9,
    )}${range}${number(
      median(({ files }) => files),
      7,
    )}`;
  });
  const total = summarize(observed.map(({ wall }) => wall));
  const range = `${total.min.toFixed(0)}–${total.max.toFixed(0)}`.padStart(12);
  return [
    `  phase${"from ms".padStart(24)}${"takes ms".padStart(9)}${"min–max".padStart(12)}${"files".padStart(7)}`,
    ...lines,
    `  ${"whole process".padEnd(29)}${number(total.median, 9)}${range}`,
  ];
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
    observed.push(await observe(scene, signal));
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
    const cpu = busiest(await sampleCpu(scene, options.signal), PLACES);
    return [
      `sluice deploy, ${options.runs} runs under observation, ${DELAY_MS} ms added to every call`,
      "",
      "code changed, alias moved",
      ...changed,
      "unchanged",
      ...unchanged,
      "  busiest functions of one unchanged run, in ms, sampled every 0.1 ms",
      ...cpu.map(({ place, milliseconds }) =>
        `  ${milliseconds.toFixed(1).padStart(7)}  ${place}`.slice(0, 80),
      ),
    ];
  } finally {
    await scene.dispose();
  }
}

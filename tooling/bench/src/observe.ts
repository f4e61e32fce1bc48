import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandOptions, runCommand } from "./command.ts";
import { busiest, type CpuProfile } from "./deploy/cpu-profile.ts";
import { type Milestone, type Phase, phasesOf } from "./deploy/phases.ts";
import type { ProbeEvent } from "./deploy/probe.ts";
import { SLUICE } from "./root.ts";
import { summarize } from "./statistics.ts";

const PROBE: string = new URL("deploy/probe.js", import.meta.url).href;
const PLACES = 15;

/** One run under observation. */
export interface Observed {
  readonly phases: readonly Phase[];
  readonly events: readonly ProbeEvent[];
  /** Milliseconds of the whole process, as its starter sees it. */
  readonly wall: number;
}

/** A `sluice` command that is looked into. */
export interface Subject {
  readonly args: readonly string[];
  readonly command: CommandOptions;
  /** A folder for what is observed. */
  readonly folder: string;
}

/** Runs the command with the probe inside, and cuts its time into phases. */
export async function observe(
  { args, command, folder }: Subject,
  milestones: readonly Milestone[],
): Promise<Observed> {
  const file = join(folder, "probe.json");
  const env = { ...command.env, SLUICE_BENCH_PROBE: file };
  const started = performance.now();
  await runCommand(process.execPath, ["--import", PROBE, SLUICE, ...args], { ...command, env });
  const wall = performance.now() - started;
  const events = JSON.parse(await readFile(file, "utf8")) as ProbeEvent[];
  return { phases: phasesOf(events, wall, milestones), events, wall };
}

/**
 * Samples where the threads of the command compute.
 *
 * @param interval - microseconds between samples
 */
export async function sampleCpu(
  { args, command, folder }: Subject,
  interval: number,
): Promise<readonly CpuProfile[]> {
  const cpu = join(folder, "cpu");
  await rm(cpu, { recursive: true, force: true });
  await mkdir(cpu);
  const flags = ["--cpu-prof", "--cpu-prof-interval", String(interval), "--cpu-prof-dir", cpu];
  await runCommand(process.execPath, [...flags, SLUICE, ...args], command);
  const names = await readdir(cpu);
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(cpu, name), "utf8")) as CpuProfile),
  );
}

/** The busiest functions of a thread, as lines. */
export function busiestLines(profile: CpuProfile): readonly string[] {
  return busiest(profile, PLACES).map(({ place, milliseconds }) =>
    `  ${milliseconds.toFixed(1).padStart(7)}  ${place}`.slice(0, 80),
  );
}

/** Right-aligned, without decimals. */
export const number = (value: number, width: number): string => value.toFixed(0).padStart(width);

/** The phases of several runs, as a table of medians. */
export function phaseLines(observed: readonly Observed[]): readonly string[] {
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

import type { BenchmarkOptions } from "../benchmark.ts";
import { type Contender, interleave, type Series } from "../interleave.ts";
import type { Meter } from "../meter.ts";
import type { Peer } from "../peers/peer.ts";
import {
  changedContender,
  coldContender,
  grownContender,
  type Packing,
  pipContender,
  samContender,
  unchangedContender,
  uvContender,
  warmContender,
} from "./contenders.ts";
import { ARM, MACHINES, type Machine, X86 } from "./packages.ts";
import type { Configuration } from "./repository.ts";
import type { Scene } from "./scene.ts";

/** All that is measured in turn, by what it is. */
export interface Contenders {
  readonly cold: Packing;
  readonly uvCold: Packing;
  readonly resolved: Packing;
  readonly locked: Packing;
  readonly checked: Packing;
  readonly coldArm: Packing;
  readonly uvArm: Packing;
  readonly coldX86: Packing;
  readonly uvX86: Packing;
  readonly warm: Packing;
  /** `null` where it was not asked for, or cannot be had. */
  readonly sam: Contender | null;
  readonly samParallel: Contender | null;
  readonly uvWarm: Packing;
  readonly pip: Packing;
  readonly unchanged: Contender;
  readonly changed: Contender;
  readonly grown: Contender;
}

/** Their rounds. */
export type Measured = Readonly<Record<Exclude<keyof Contenders, "sam" | "samParallel">, Series>> & {
  readonly sam: Series | null;
  readonly samParallel: Series | null;
};

/** @param sam - `null`: it was not asked for */
export async function contendersOf(scene: Scene, sam: Peer | null): Promise<Contenders> {
  const configured = (
    machines: readonly Machine[],
    requirements: Configuration["requirements"] = "lock",
    importCheck = false,
  ): Promise<string> => scene.repository.configure({ machines, requirements, importCheck });
  const both = await configured(MACHINES);
  const count = MACHINES.length;
  const arm = await configured([ARM]);
  const x86 = await configured([X86]);
  const resolved = await configured(MACHINES, "direct");
  const locked = await configured(MACHINES, "pylock");
  const checked = await configured(MACHINES, "lock", true);
  const growing = await configured(MACHINES, "growing");
  return {
    cold: coldContender(scene, { name: "sluice build", configuration: both, count }),
    uvCold: uvContender(scene, { name: "uv and zipfile", machines: MACHINES, isCold: true }),
    resolved: coldContender(scene, { name: "versions left to uv", configuration: resolved, count }),
    locked: coldContender(scene, { name: "from pylock.toml", configuration: locked, count }),
    checked: coldContender(scene, { name: "with the import check", configuration: checked, count }),
    coldArm: coldContender(scene, { name: "sluice build, arm64", configuration: arm, count: 1 }),
    uvArm: uvContender(scene, { name: "uv and zipfile, arm64", machines: [ARM], isCold: true }),
    coldX86: coldContender(scene, { name: "sluice build, x86_64", configuration: x86, count: 1 }),
    uvX86: uvContender(scene, { name: "uv and zipfile, x86_64", machines: [X86], isCold: true }),
    warm: warmContender(scene, { name: "sluice build, warm", configuration: both, count }),
    sam: sam === null ? null : await samContender(scene, sam, false),
    samParallel: sam === null ? null : await samContender(scene, sam, true),
    uvWarm: uvContender(scene, { name: "uv and zipfile, warm", machines: MACHINES, isCold: false }),
    pip: pipContender(scene, "pip and zipfile, warm", MACHINES),
    unchanged: unchangedContender(scene, { name: "nothing changed", configuration: both, count }),
    changed: changedContender(scene, { name: "source changed", configuration: both, count }),
    grown: grownContender(scene, { name: "requirement added", configuration: growing, count }),
  };
}

/** Runs them in turn. */
export async function measure(
  contenders: Contenders,
  meter: Meter,
  options: BenchmarkOptions,
): Promise<Measured> {
  const entries = Object.entries(contenders).filter(([, contender]) => contender !== null);
  const all = entries.map(([, contender]) => meter.watched(contender as Contender));
  const series = await interleave(all, options);
  const measured = Object.fromEntries(entries.map(([name], index) => [name, series[index]]));
  return { sam: null, samParallel: null, ...measured } as unknown as Measured;
}

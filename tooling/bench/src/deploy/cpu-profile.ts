import { basename } from "node:path";

/** What `node --cpu-prof` writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

/** Where a processor was busy, and how long. */
export interface Spent {
  readonly place: string;
  readonly milliseconds: number;
}

function placeOf({ functionName, url }: CpuProfile["nodes"][number]["callFrame"]): string {
  const where = url.startsWith("node:") ? url : basename(url);
  return `${functionName || "(top level)"}${where === "" ? "" : ` ${where}`}`;
}

/** Self time by function, the longest first; waiting is left out. */
export function busiest(profile: CpuProfile, count: number): readonly Spent[] {
  const places = new Map(profile.nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const spent = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const place = places.get(id) ?? "";
    if (place === "(idle)") continue;
    spent.set(place, (spent.get(place) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  }
  return [...spent]
    .map(([place, milliseconds]) => ({ place, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, count);
}

/** Milliseconds that a thread was busy. */
export function total(profile: CpuProfile): number {
  return busiest(profile, Number.POSITIVE_INFINITY).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

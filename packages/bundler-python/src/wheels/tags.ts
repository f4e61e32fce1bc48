import type { PythonTarget } from "../target.ts";

const MACHINES = { x86_64: "x86_64", arm64: "aarch64" } as const;

/** The oldest glibc (2.x) that manylinux knows for each architecture (PEP 600; PEP 513 for x86_64, PEP 599 for aarch64). */
const OLDEST_GLIBC = { x86_64: 5, arm64: 17 } as const;

/** Names that glibc versions had before PEP 600. */
const LEGACY: ReadonlyMap<number, string> = new Map([
  [17, "manylinux2014"],
  [12, "manylinux2010"],
  [5, "manylinux1"],
]);

/**
 * @param platform - as `manylinux_2_28_aarch64` or `manylinux2014_x86_64`
 * @returns the minor version of the glibc 2 that it needs; `null` for a platform that promises none
 */
export function glibcOf(platform: string): number | null {
  const [, family = "", minor] = /^(manylinux(?:_2_(\d+)|\d+))_/.exec(platform) ?? [];
  if (minor !== undefined) return Number(minor);
  return [...LEGACY].find(([, name]) => name === family)?.[0] ?? null;
}

/** The first Python that has a stable ABI: 3.2 (PEP 384). */
const FIRST_WITH_STABLE_ABI = 2;

/** @returns as `aarch64`: what wheels and `platform.machine()` call the architecture */
export function machineOf(target: PythonTarget): string {
  return MACHINES[target.architecture];
}

/** The newest glibc first; what was built on Linux without a promise (`linux_x86_64`) last. musl is not Lambda's. */
function platformsOf(target: PythonTarget): string[] {
  const machine = machineOf(target);
  const platforms: string[] = [];
  for (let minor = target.glibc[1]; minor >= OLDEST_GLIBC[target.architecture]; minor -= 1) {
    platforms.push(`manylinux_2_${minor}_${machine}`);
    const legacy = LEGACY.get(minor);
    if (legacy !== undefined) platforms.push(`${legacy}_${machine}`);
  }
  return [...platforms, `linux_${machine}`];
}

/** 13, 12, … `last`. */
function downFrom(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, first - last + 1) }, (_, index) => first - index);
}

/**
 * Every tag that the target's interpreter loads, best first, in the order of pip (`packaging.tags`: `cpython_tags`, then
 * `compatible_tags`) and of uv. Free-threaded builds (`cp313t`) are none of Lambda's.
 */
export function supportedTags(target: PythonTarget): string[] {
  const { minor } = target;
  const platforms = platformsOf(target);
  const on = (python: string, abi: string): string[] =>
    platforms.map((platform) => `${python}-${abi}-${platform}`);
  const own = `cp3${minor}`;
  const generic = [`py3${minor}`, "py3", ...downFrom(minor - 1, 0).map((older) => `py3${older}`)];
  return [
    ...on(own, own),
    ...on(own, "abi3"),
    ...on(own, "none"),
    ...downFrom(minor - 1, FIRST_WITH_STABLE_ABI).flatMap((older) => on(`cp3${older}`, "abi3")),
    ...generic.flatMap((python) => on(python, "none")),
    `${own}-none-any`,
    ...generic.map((python) => `${python}-none-any`),
  ];
}

const RANKS = new Map<string, ReadonlyMap<string, number>>();

/** Place of each supported tag, 0 for the best. */
function ranksOf(target: PythonTarget): ReadonlyMap<string, number> {
  const key = JSON.stringify([target.minor, target.architecture, target.glibc]);
  let ranks = RANKS.get(key);
  if (ranks === undefined) {
    ranks = new Map(supportedTags(target).map((tag, index) => [tag, index]));
    RANKS.set(key, ranks);
  }
  return ranks;
}

/** @returns the place of the best of `tags`, 0 for the best there is; `null` when the target loads none of them */
export function rankOf(tags: readonly string[], target: PythonTarget): number | null {
  const ranks = ranksOf(target);
  const places = tags.map((tag) => ranks.get(tag)).filter((place) => place !== undefined);
  return places.length === 0 ? null : Math.min(...places);
}

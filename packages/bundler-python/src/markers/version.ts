/** A version as PEP 440 has it, taken apart. */
export interface Version {
  readonly epoch: number;
  /** As written: `1.0` and `1.0.0` differ here, and compare as equal. */
  readonly release: readonly number[];
  readonly pre: readonly [phase: "a" | "b" | "rc", number: number] | null;
  readonly post: number | null;
  readonly dev: number | null;
  /** Segments of the local version; none without one. */
  readonly local: readonly (number | string)[];
}

/** PEP 440, appendix B; also what it calls alternative spellings. */
const VERSION =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d+)?)?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d+)?)?(?:[-_.]?(dev)[-_.]?(\d+)?)?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$/i;

const PHASES: Readonly<Record<string, "a" | "b" | "rc">> = {
  a: "a",
  alpha: "a",
  b: "b",
  beta: "b",
  c: "rc",
  rc: "rc",
  pre: "rc",
  preview: "rc",
};

function localOf(text: string | undefined): (number | string)[] {
  if (text === undefined) return [];
  return text
    .toLowerCase()
    .split(/[-_.]/)
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}

/** @returns `null` for what is not a version by PEP 440 */
export function parseVersion(text: string): Version | null {
  const match = VERSION.exec(text);
  if (match === null) return null;
  const [, epoch, release = "", phase, pre, implicitPost, post, postNumber, dev, devNumber, local] = match;
  const phaseName = phase === undefined ? undefined : PHASES[phase.toLowerCase()];
  return {
    epoch: Number(epoch ?? 0),
    release: release.split(".").map(Number),
    pre: phaseName === undefined ? null : [phaseName, Number(pre ?? 0)],
    post: implicitPost === undefined && post === undefined ? null : Number(implicitPost ?? postNumber ?? 0),
    dev: dev === undefined ? null : Number(devNumber ?? 0),
    local: localOf(local),
  };
}

function compareReleases(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const PHASE_ORDER = { a: 1, b: 2, rc: 3 } as const;

/**
 * What stands behind the release, as numbers that compare in order (PEP 440, "Summary of permitted suffixes and relative
 * ordering"): `.devN` alone before every pre-release, a release after its pre-releases, a post-release after both, and within
 * each of them `.devN` first.
 */
function suffixKey({ pre, post, dev }: Version): number[] {
  const alone = dev !== null && pre === null && post === null;
  const phase = pre === null ? 4 : PHASE_ORDER[pre[0]];
  return [alone ? 0 : phase, pre?.[1] ?? 0, post ?? -1, dev ?? Number.POSITIVE_INFINITY];
}

function compareNumbers(one: readonly number[], other: readonly number[]): number {
  for (const [index, number] of one.entries()) {
    const against = other[index] ?? 0;
    if (number !== against) return number < against ? -1 : 1;
  }
  return 0;
}

/** Numbers after words, and the longer of two that begin alike after the shorter (PEP 440, "Local version identifiers"). */
function compareLocals(one: Version["local"], other: Version["local"]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [left, right] = [one[index], other[index]];
    if (left === right) continue;
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (typeof left !== typeof right) return typeof left === "string" ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** @returns less than, equal to or greater than 0, as for `Array.prototype.sort` */
export function compareVersions(one: Version, other: Version): number {
  return comparePublic(one, other) || compareLocals(one.local, other.local);
}

/** {@link compareVersions} without regard to local versions. */
export function comparePublic(one: Version, other: Version): number {
  return (
    one.epoch - other.epoch ||
    compareReleases(one.release, other.release) ||
    compareNumbers(suffixKey(one), suffixKey(other))
  );
}

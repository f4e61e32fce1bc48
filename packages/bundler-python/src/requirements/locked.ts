import type { RequirementsRequest } from "./dependencies-of.ts";

/** A package of a lockfile that counts for the function. */
export interface LockedPackage {
  /** Normalized. */
  readonly name: string;
  /** `null` when `url` says where it comes from. */
  readonly version: string | null;
  readonly url: string | null;
  /** Hexadecimal SHA-256 sums; empty for what has none, as a folder. */
  readonly hashes: readonly string[];
}

export interface LockedIndexes {
  /** Addresses with credentials, best first. */
  readonly indexes: readonly string[];
  /** Whether the first of them takes PyPI's place. */
  readonly onlyThese: boolean;
  readonly trustedHosts: readonly string[];
}

/** Not named to the resolver: where people have a mirror, its settings say so, and the sums of the lockfile hold there, too. */
export const PYPI: RegExp = /^https:\/\/pypi\.(?:python\.)?org\/simple\/?$/;

/** The requirements that a lockfile's packages come to: every version fixed, nothing left to choose but the wheel. */
export function lockedRequest(
  packages: readonly LockedPackage[],
  sources: LockedIndexes,
): RequirementsRequest {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  // pip wants sums of all requirements, or of none.
  const allHashed = sorted.length > 0 && sorted.every(({ hashes }) => hashes.length > 0);
  const hashes = new Map<string, readonly string[]>();
  for (const { name, hashes: sums } of sorted)
    if (sums.length > 0) hashes.set(name, [...new Set([...(hashes.get(name) ?? []), ...sums])]);
  const options = sources.indexes.flatMap((url, at) => {
    if (PYPI.test(url)) return [];
    return `${at === 0 && sources.onlyThese ? "--index-url" : "--extra-index-url"} ${url}`;
  });
  const lines = sorted.map(({ name, version, url, hashes: sums }) => {
    const requirement = url === null ? `${name}==${version}` : `${name} @ ${url}`;
    return [requirement, ...(allHashed ? sums.map((sum) => `--hash=sha256:${sum}`) : [])].join(" ");
  });
  return {
    type: "requirements",
    text: [...new Set([...options, ...lines])].map((line) => `${line}\n`).join(""),
    inputs: [],
    extras: [],
    groups: [],
    complete: true,
    hashes,
    requireHashes: allHashed,
    prereleases: true,
    trustedHosts: sources.trustedHosts,
  };
}

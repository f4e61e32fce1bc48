import type { FileDifference, PackageDifference, PackedPackage } from "@sluice/core";

/** A file of a deployment package; `mark` tells its content from another's. */
export interface MarkedFile {
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  readonly mark: string | number;
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Files that are in one alone, or not the same in both. Pure. */
export function compareFiles(
  before: readonly MarkedFile[],
  after: readonly MarkedFile[],
): readonly FileDifference[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const now = new Map(after.map((file) => [file.path, file]));
  return [...new Set([...old.keys(), ...now.keys()])].sort(byText).flatMap((path) => {
    const [one, other] = [old.get(path), now.get(path)];
    if (one !== undefined && other !== undefined && one.size === other.size && one.mark === other.mark)
      return [];
    return [{ path, before: one?.size ?? null, after: other?.size ?? null }];
  });
}

/** Packages of which one has other versions than the other: several, where a package is there several times. Pure. */
export function comparePackages(
  before: readonly PackedPackage[],
  after: readonly PackedPackage[],
): readonly PackageDifference[] {
  const [old, now] = [versionsByName(before), versionsByName(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort(byText).flatMap((name) => {
    const [one = null, other = null] = [old.get(name), now.get(name)];
    return one === other ? [] : [{ name, before: one, after: other }];
  });
}

function versionsByName(packages: readonly PackedPackage[]): Map<string, string> {
  const versions = new Map<string, string>();
  for (const { name, version } of packages) {
    const others = versions.get(name);
    versions.set(name, others === undefined ? version : `${others}, ${version}`);
  }
  return versions;
}

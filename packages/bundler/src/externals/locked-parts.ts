import { type LockedPackage, type Lockfile, lockedPackages } from "../lockfile/locked-package.ts";
import type { PackageManifest } from "./manifest.ts";
import { isLinuxPart, packageFits, type Target } from "./platform.ts";

/** What is asked of a lockfile about an optional dependency that is not installed. */
export interface PartRequest {
  /** The package that lists it. */
  readonly owner: PackageManifest;
  readonly name: string;
  /** Its range there. */
  readonly range: string;
}

/** A version without what pnpm writes behind it: `1.0.0(peer@2)`. */
const bare = (version: string | undefined): string | undefined => version?.replace(/\(.*$/s, "");

/** Compares versions by their numbers, which is enough to choose among those that one lockfile has. */
function newestFirst(one: LockedPackage, other: LockedPackage): number {
  const numbers = (version: string): number[] => version.split(/[.+-]/).map((part) => Number(part) || 0);
  const [a, b] = [numbers(one.version), numbers(other.version)];
  const at = a.findIndex((number, index) => number !== (b[index] ?? 0));
  return at < 0 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
}

/** The locked package that an optional dependency came to: as its owner's entry says, by its exact range, else the newest. */
function lockedAs(lockfile: Lockfile, { owner, name, range }: PartRequest): LockedPackage | null {
  const candidates = lockedPackages(lockfile, name);
  const entry = lockedPackages(lockfile, owner.name ?? "").find(({ version }) => version === owner.version);
  const asked = new Map(Object.entries({ ...entry?.dependencies, ...entry?.optionalDependencies }));
  const written = bare(asked.get(name));
  const exact = (version: string | undefined): LockedPackage | undefined =>
    candidates.find((candidate) => candidate.version === version);
  return exact(written) ?? exact(range) ?? candidates.toSorted(newestFirst)[0] ?? null;
}

/** Whether an optional dependency is one platform's part of its owner, as the names or the lockfile tell. */
function isPlatformPart(name: string, locked: LockedPackage | null): boolean {
  return isLinuxPart(name) || locked?.os?.includes("linux") === true || (locked?.cpu ?? null) !== null;
}

/**
 * The locked package of an optional dependency that is not installed but that the target needs: the part of its owner that is
 * built for it. `null` for parts of other platforms, for what is optional in other ways, and for what no lockfile has.
 */
export function missingPart(
  lockfile: Lockfile | null,
  request: PartRequest,
  target: Target,
): LockedPackage | null {
  const locked = lockfile === null ? null : lockedAs(lockfile, request);
  if (locked === null || !isPlatformPart(request.name, locked)) return null;
  return packageFits(request.name, locked, target) ? locked : null;
}

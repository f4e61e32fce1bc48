/** What wrote a lockfile. */
export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

/** One package of a lockfile, at one place or with one set of peers. Workspace packages are {@link Importer}s instead. */
export interface LockedPackage {
  /** Name in the registry. */
  readonly name: string;
  readonly version: string;
  /** As the lockfile spells its place or key: `node_modules/a/node_modules/b`, `b@1.0.0(peer@2)`, `b@^1.0.0, b@^1.1.0`. */
  readonly key: string;
  /** Other names that it is installed under, as `"three": "npm:two@2"` makes `three` one of `two`. */
  readonly aliases: readonly string[];
  /** Subresource integrity of the tarball. `null`: the lockfile has none, as yarn's from version 2 on. */
  readonly integrity: string | null;
  /** What yarn 2 and newer pin instead: resolution and checksum of the zip that yarn made. To compare, not to check. */
  readonly pin: string | null;
  /** URL, when the lockfile has one. */
  readonly tarball: string | null;
  /** As in package.json, with `!` for exclusions. `null`: any, or not in the lockfile (npm v1, yarn v1). */
  readonly os: readonly string[] | null;
  readonly cpu: readonly string[] | null;
  /** `glibc` or `musl`. */
  readonly libc: readonly string[] | null;
  /** Whether only optional dependencies lead to it. */
  readonly optional: boolean;
  /** Name → range or locked version, as written. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  /** Whether the installed files differ from the tarball's, by a patch of the repository. */
  readonly patched: boolean;
}

/** The root or a workspace package, with what it asks for. */
export interface Importer {
  /** Folder relative to the lockfile's, `""` for the root. */
  readonly path: string;
  /** Its package name, where the lockfile has it. */
  readonly name: string | null;
  /** Name → what is asked for and, where the lockfile says so, what that came to: `^1.0.0`, `catalog: 1.2.3`. */
  readonly specifiers: Readonly<Record<string, string>>;
}

export interface Lockfile {
  /** Absolute path. */
  readonly path: string;
  readonly manager: PackageManager;
  /** As the lockfile has it: `3`, `9.0`. */
  readonly formatVersion: string;
  readonly packages: readonly LockedPackage[];
  /** Empty where the lockfile does not say: npm v1, yarn v1. */
  readonly importers: readonly Importer[];
}

/** What a reader makes of a lockfile's text. */
export type LockfileContent = Omit<Lockfile, "path" | "manager">;

/** Every version and place of a package, by its own name or one that it is installed under. */
export function lockedPackages(lockfile: Lockfile, name: string): readonly LockedPackage[] {
  return lockfile.packages.filter((one) => one.name === name || one.aliases.includes(name));
}

import type { Importer, LockedPackage, Lockfile } from "./locked-package.ts";

/** Keys under which the dependency may stand, nearest first, as `node_modules` folders are searched. */
function npmKeys(from: string, name: string): string[] {
  const keys: string[] = [];
  for (let at = from; ; ) {
    keys.push(`${at === "" ? "" : `${at}/`}node_modules/${name}`);
    if (at === "") return keys;
    const above = at.lastIndexOf("/node_modules/");
    // Above a workspace package, as above a package at the top, there is the root alone.
    at = above === -1 ? "" : at.slice(0, above);
  }
}

/** `a/b`: what is nested in `a` because another stands at the top. */
function bunKeys(from: string, name: string): string[] {
  const parts = from.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
  return [...parts.keys()]
    .map((index) => [...parts.slice(0, parts.length - index), name].join("/"))
    .concat(name);
}

/** `1.0.0(peer@2)` belongs to the name, `other@1.0.0` and `/other@1.0.0` (format 6) stand for themselves. */
function pnpmKeys(name: string, written: string): string[] {
  return [`${name}@${written}`, `/${name}@${written}`, written];
}

function keysOf(lockfile: Lockfile, from: LockedPackage | Importer, name: string, written: string): string[] {
  const isImporter = "path" in from;
  if (lockfile.manager === "npm") return npmKeys(isImporter ? from.path : from.key, name);
  if (lockfile.manager === "bun") return bunKeys(isImporter ? (from.name ?? "") : from.key, name);
  // yarn 2 and 3 leave the protocol out where they refer to a descriptor.
  if (lockfile.manager === "yarn") return [`${name}@${written}`, `${name}@npm:${written}`];
  // An importer's specifier is what is asked for, a space, and what that came to.
  return pnpmKeys(name, isImporter ? written.slice(written.lastIndexOf(" ") + 1) : written);
}

/**
 * The very package that `from` gets when it imports `name`, by the lockfile alone. `null`: the lockfile does not have it, or it is a
 * package of the workspace.
 */
export function lockedDependency(
  lockfile: Lockfile,
  from: LockedPackage | Importer,
  name: string,
): LockedPackage | null {
  const asked = "path" in from ? from.specifiers : { ...from.optionalDependencies, ...from.dependencies };
  const keys = keysOf(lockfile, from, name, asked[name] ?? "");
  const isAt = (one: LockedPackage, key: string): boolean =>
    one.key === key || (lockfile.manager === "yarn" && one.key.split(", ").includes(key));
  for (const key of keys) {
    const found = lockfile.packages.find((one) => isAt(one, key));
    if (found !== undefined) return found;
  }
  return null;
}

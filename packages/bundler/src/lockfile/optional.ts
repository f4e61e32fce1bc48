import type { LockedPackage } from "./locked-package.ts";

/**
 * Marks packages that only optional dependencies lead to, for lockfiles that do not say so themselves. Goes by names, so that a
 * package which is optional in one version and required in another counts as required.
 *
 * @param required - names that the root or a workspace package requires
 */
export function withOptional(
  packages: readonly LockedPackage[],
  required: readonly string[],
): readonly LockedPackage[] {
  const needed = new Set(required);
  const optional = new Set<string>();
  for (const { dependencies, optionalDependencies } of packages) {
    for (const name of Object.keys(optionalDependencies)) optional.add(name);
    for (const name of Object.keys(dependencies))
      if (!Object.hasOwn(optionalDependencies, name)) needed.add(name);
  }
  const isOptional = (name: string): boolean => optional.has(name) && !needed.has(name);
  return packages.map((one) => ({
    ...one,
    optional:
      [one.name, ...one.aliases].some(isOptional) &&
      ![one.name, ...one.aliases].some((name) => needed.has(name)),
  }));
}

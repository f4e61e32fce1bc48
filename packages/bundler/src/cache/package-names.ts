/** The package that a bare import names: `@a/b` of `@a/b/c`. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Packages that paths below `node_modules` go through, each copy's own ones too. */
export function packagesOfPaths(paths: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const path of paths) {
    for (const part of path.split("node_modules/").slice(1)) {
      const name = packageOf(part);
      if (name !== "" && !name.startsWith(".")) names.add(name);
    }
  }
  return names;
}

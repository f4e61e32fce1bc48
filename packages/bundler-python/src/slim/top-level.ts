/** A module's file at the top of site-packages, or a package below it. */
const MODULE = /^([A-Za-z_]\w*)(?:\.py|\.pyc|\.[\w.-]*so)$/;
const IN_PACKAGE = /^([A-Za-z_]\w*)\/.*\.(?:py|pyc|so)$/;

/**
 * The text of a `top_level.txt` for a wheel that has none. Without it `importlib.metadata.packages_distributions()` looks into
 * RECORD, which is left out: it is much bigger, and its sums are those of files that are not all there.
 *
 * @param paths - of all files of the wheel
 */
export function topLevelOf(paths: readonly string[]): string {
  const names = paths.flatMap((path) => MODULE.exec(path)?.[1] ?? IN_PACKAGE.exec(path)?.[1] ?? []);
  return [...new Set(names)]
    .sort()
    .map((name) => `${name}\n`)
    .join("");
}

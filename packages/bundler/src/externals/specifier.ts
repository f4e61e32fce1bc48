import { isBuiltin } from "node:module";

/**
 * The package that an import names, as `@acme/db` in `@acme/db/client.js`; `null` for paths, URLs, `#imports` and modules of
 * Node.js itself.
 */
export function packageName(specifier: string): string | null {
  if (isBuiltin(specifier) || /^(?:\.{0,2}\/|\.{1,2}$|#|<|[\w-]{2,}:|[A-Za-z]:[\\/]|$)/.test(specifier))
    return null;
  const [first = "", second] = specifier.split("/");
  if (!first.startsWith("@")) return first;
  return second === undefined || second === "" ? null : `${first}/${second}`;
}

/** What an import names inside of its package, as package.json's `exports` spells it: `.` or `./sub`. */
export function subpathOf(specifier: string, name: string): string {
  return `.${specifier.slice(name.length)}`;
}

/** Entries of `external` without the mark of {@link bundledPatterns}. */
export function outsidePatterns(external: readonly string[]): string[] {
  return external.filter((pattern) => !pattern.startsWith("!"));
}

/** Entries of `external` that begin with `!`, without it: packages that are bundled whatever speaks against it. */
export function bundledPatterns(external: readonly string[]): string[] {
  return external.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\/]/g, "\\$&");

/**
 * Patterns as a regular expression: a name stands for the package with all in it, `*` for anything, as in esbuild's own
 * `external`.
 */
export function patternsFilter(patterns: readonly string[]): RegExp {
  const one = (pattern: string): string =>
    pattern.includes("*") ? escaped(pattern).replaceAll("*", ".*") : `${escaped(pattern)}(?:\\/.*)?`;
  // Matches nothing when there are none. esbuild's filters are Go's: no look-around.
  return new RegExp(patterns.length === 0 ? "^$" : `^(?:${patterns.map(one).join("|")})$`);
}

/** How much an `__init__.py` has to say, lowest first. Of several that clash the highest is packed. */
export type InitKind = "pkg_resources" | "empty" | "pkgutil" | "code";

const COMMENT = /^\s*#.*$/gm;
const DOCSTRING = /^\s*(?:"""[\s\S]*?"""|'''[\s\S]*?''')/;

/**
 * What a namespace package's `__init__.py` holds and no other: one of the two old ways to share a namespace, with the `try`
 * around it (Python Packaging User Guide, "Packaging namespace packages").
 */
const STUB_LINE =
  /^\s*(?:try:|except[\w\s().,]*:|pass|import\s+(?:pkg_resources|pkgutil)|from\s+pkgutil\s+import\s+extend_path|__import__\(.pkg_resources.\)\.declare_namespace\(__name__\)|pkg_resources\.declare_namespace\(__name__\)|__path__\s*(?::\s*[\w.[\]]+\s*)?=.*extend_path\(__path__,\s*__name__\).*|__path__\s*=\s*__import__\(.pkgutil.\)\.extend_path\(__path__,\s*__name__\))?\s*(?:#.*)?$/;

/**
 * Tells the marker of a namespace package from a package's own code.
 *
 * `pkg_resources` comes last: it needs setuptools at run time, and what it does is needless where all packages share a folder.
 * `pkgutil` goes before an empty file, since with it the namespace also reaches into layers.
 */
export function initKind(text: string): InitKind {
  const code = text.replace(COMMENT, "").replace(DOCSTRING, "").trim();
  if (code === "") return "empty";
  if (!code.split(/\r?\n/).every((line) => STUB_LINE.test(line))) return "code";
  return code.includes("extend_path") ? "pkgutil" : "pkg_resources";
}

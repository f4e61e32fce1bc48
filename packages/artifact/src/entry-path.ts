import { artifactErrors } from "./errors.ts";

/** Bytes; the length field of a zip entry's name has 16 bits (APPNOTE 4.4.10). */
const MAXIMUM_PATH_BYTES = 65_535;

/** U+FFFD is what Node.js makes of a file name's invalid bytes; a lone surrogate has no UTF-8 form. */
const NOT_UTF_8 = /\uFFFD|\p{Surrogate}/u;

/** Why `path` cannot be the name of a file in a deployment package, or `null` when it can. */
export function pathProblem(path: string): string | null {
  if (path === "") return "it is empty";
  if (path.includes("\0")) return "it contains a NUL";
  if (NOT_UTF_8.test(path)) return "it is not valid UTF-8";
  if (path.includes("\\")) return "it contains a backslash";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "it is absolute";
  if (/(?:^|\/)\.\.(?:\/|$)/.test(path)) return "it leaves the package";
  if (/\/\/|\/$|(?:^|\/)\.(?:\/|$)/.test(path)) return "it has an empty or `.` segment";
  if (Buffer.byteLength(path) > MAXIMUM_PATH_BYTES) return "it is too long";
  return null;
}

/** What two names are compared by on file systems that ignore case and Unicode normalization (macOS, Windows). */
function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

const SLASH = 0x2f;

/** The bytes of a path with the lowest one as separator: so what is below a file sorts right after it. */
function sortKey(path: string): Uint8Array {
  return Buffer.from(path).map((byte) => (byte === SLASH ? 0 : byte));
}

/**
 * A file whose name another path uses as a folder, with that path. Sorting keeps this quick for names of any depth.
 *
 * @param keyOf - what names are compared by
 */
export function fileUsedAsFolder(
  paths: readonly string[],
  keyOf: (path: string) => string = (path) => path,
): readonly [file: string, below: string] | undefined {
  const sorted = paths.map((path) => ({ path, key: sortKey(keyOf(path)) }));
  sorted.sort((one, other) => Buffer.compare(one.key, other.key));
  for (const [index, below] of sorted.entries()) {
    const file = sorted[index - 1];
    if (file === undefined || below.key[file.key.length] !== 0) continue;
    if (Buffer.compare(below.key.subarray(0, file.key.length), file.key) === 0)
      return [file.path, below.path];
  }
  return undefined;
}

/**
 * Refuses names that cannot be unpacked everywhere as they are meant.
 *
 * @throws `SLUICE_ZIP_PATH_INVALID`; `SLUICE_ZIP_PATH_CLASH` for a name twice, two that differ only by case (or Unicode
 * normalization), and a file
 * whose name another uses as a folder
 */
export function checkPaths(paths: readonly string[]): void {
  const files = new Map<string, string>();
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem !== null) throw artifactErrors.path(path, problem);
    const key = folded(path);
    const twin = files.get(key);
    if (twin === path) throw artifactErrors.clash(twin, path, "the name is given twice");
    if (twin !== undefined) {
      const isCase = twin.toLowerCase() === path.toLowerCase();
      throw artifactErrors.clash(
        twin,
        path,
        `they differ only by ${isCase ? "case" : "Unicode normalization"}`,
      );
    }
    files.set(key, path);
  }
  const blocked = fileUsedAsFolder(paths, folded);
  if (blocked !== undefined)
    throw artifactErrors.clash(...blocked, "one is a file where the other needs a folder");
}

/** Code-unit order: the same in every locale. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  if (one.path === other.path) return 0;
  return one.path < other.path ? -1 : 1;
}

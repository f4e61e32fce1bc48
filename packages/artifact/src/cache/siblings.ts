import type { FileStates } from "./fingerprint.ts";
import type { Link } from "./links.ts";

/**
 * The names in a folder that could take an input's place, as `orders.ts` that of `orders/index.ts`; files that are consulted
 * and may appear among them.
 */
export interface Siblings {
  /** Relative to the root. */
  readonly folder: string;
  /** Names up to their first dot; {@link EVERY_NAME} alone for all that is no by-product of running the sources. */
  readonly stems: readonly string[];
  readonly names: readonly string[];
}

/** What decides how imports resolve, beside the files that were read. */
export interface Resolution {
  /** Files that are consulted, as package.json and tsconfig files by esbuild; paths relative to the root. */
  readonly configs: readonly string[];
  /** Lockfiles of the repository, those that package managers keep beside what they installed, and files outside of the repository. */
  readonly lockfiles: readonly string[];
  readonly siblings: readonly Siblings[];
  readonly links: readonly Link[];
  /** Names of environment variables that decide. */
  readonly variables?: readonly string[];
  /** Names of the packages that were imported, found or not. */
  readonly packages: readonly string[];
}

/** A name up to its first dot. */
export function stemOf(name: string): string {
  return name.split(".")[0] ?? name;
}

/** Stands for every stem: whatever appears in the folder may be packed. */
export const EVERY_NAME = "*";

/** What interpreters, editors and tools leave beside sources: no reason to build anew. */
const BY_PRODUCT = /^(?:__pycache__|node_modules|\..*|.*\.(?:pyc|egg-info|swp|tmp)|.*~)$/;

/** Stem → names; of a list of names that many functions in one folder are compared with. */
const indexes = new WeakMap<readonly string[], ReadonlyMap<string, readonly string[]>>();

function indexOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(names);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  for (const name of names) {
    const stem = stemOf(name);
    const same = index.get(stem);
    if (same === undefined) index.set(stem, [name]);
    else same.push(name);
  }
  indexes.set(names, index);
  return index;
}

/**
 * The names among those of a folder that could take an input's place.
 *
 * @param names - never changed afterwards: what they are is remembered with the list
 */
export function takers(names: readonly string[], stems: readonly string[]): string[] {
  if (stems.includes(EVERY_NAME)) return names.filter((name) => !BY_PRODUCT.test(name)).sort();
  const index = indexOf(names);
  return [...new Set(stems)].flatMap((stem) => index.get(stem) ?? []).sort();
}

/** Whether the names that could take an input's place are still those. */
export function siblingsUnchanged(files: FileStates, siblings: readonly Siblings[]): boolean {
  return siblings.every(
    ({ folder, stems, names }) => takers(files.names(folder), stems).join("/") === names.join("/"),
  );
}

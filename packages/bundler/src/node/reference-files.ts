import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, posix, relative, resolve, sep } from "node:path";
import {
  isNeverPacked,
  type ListedFile,
  type Listing,
  listedFile,
  listFolder,
  statOf,
} from "@sluice/artifact";
import type { Work } from "../session.ts";
import { referenceConflict } from "./errors.ts";
import { type Reference, referencesIn } from "./references.ts";

/** What sources name relative to themselves, as it goes into the package. */
export interface ReferenceFiles extends Listing {
  /** Folders that were taken whole, relative to the root: a file that appears in one is a change. */
  readonly folders: readonly string[];
  /** What is named and not there, relative to the root: it may appear. */
  readonly missing: readonly string[];
  readonly notices: readonly string[];
}

interface Placed extends ListedFile {
  readonly reference: Reference;
}

const placeOf = ({ source, line }: Reference): string => `${source}:${line}`;

/** Why a reference cannot be followed, for people; `null` when it can. */
function obstacle(work: Work, reference: Reference, to: string, exists: boolean): string | null {
  const { path } = reference;
  const at = `${work.fn.name}: ${placeOf(reference)} names ${path}`;
  if (reference.worker)
    return `${at} as a worker, which is not bundled. Give it as a function's code of its own, or build it and add the result: assets: [{ from, to }].`;
  if (!exists) return `${at}, which does not exist: it will be missing in the deployed function.`;
  if (to.startsWith("../"))
    return `${at}, which would stand outside of the deployment package: the bundle is one file at ${posix.dirname(to) === "." ? "its top" : "another place than the source"}. Set a deeper handler (as "src/index.handler"), or read it beside the code and add it: assets: [{ from, to }].`;
  return null;
}

/** A source's own folder, or one above it: said to find a root, not to read all that is in it. */
function isAbove(folder: string, source: string): boolean {
  return folder === dirname(source) || dirname(source).startsWith(folder + sep);
}

function sameContent(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) =>
    createHash("sha256").update(readFileSync(path)).digest("hex"),
  );
  return first === second;
}

function listingOf(work: Work, from: string, to: string, isFolder: boolean): Listing {
  if (isFolder) return listFolder(work.scope, from, to);
  const shown = relative(work.scope.root, from).replaceAll(sep, "/");
  if (isNeverPacked(shown)) return { files: [], leftOut: [shown] };
  return { files: [listedFile(work.scope, from, to)], leftOut: [] };
}

/** Adds a file, unless it is there already. @throws `SLUICE_REFERENCE_CONFLICT` */
function addFile(work: Work, placed: Map<string, Placed>, file: ListedFile, reference: Reference): void {
  const known = placed.get(file.to);
  if (known === undefined) placed.set(file.to, { ...file, reference });
  else if (known.from !== file.from && !sameContent(known.from, file.from)) {
    const shown = (path: string): string => relative(work.scope.root, path).replaceAll(sep, "/");
    throw referenceConflict(
      work.fn.name,
      file.to,
      { from: shown(known.from), where: placeOf(known.reference) },
      { from: shown(file.from), where: placeOf(reference) },
    );
  }
}

/**
 * Finds what the bundled sources name relative to themselves, and gives each file the place where the bundle will look for it:
 * beside the one file that all sources became.
 *
 * @param sources - the repository's own that are in the bundle, relative to the root
 * @param bundle - path of the bundle in the package
 * @param taken - paths in the package that `assets` fill
 * @throws `SLUICE_REFERENCE_CONFLICT`
 */
export async function referenceFiles(
  work: Work,
  sources: readonly string[],
  bundle: string,
  taken: ReadonlySet<string>,
): Promise<ReferenceFiles> {
  const { root } = work.scope;
  const placed = new Map<string, Placed>();
  const leftOut = new Set<string>();
  const folders = new Set<string>();
  const missing = new Set<string>();
  const notices = new Set<string>();
  const all = await Promise.all(sources.map((source) => referencesIn(root, source)));
  for (const reference of all.flat()) {
    const source = resolve(root, reference.source);
    const from = resolve(dirname(source), reference.path);
    const to = posix.join(posix.dirname(bundle), reference.path).replace(/\/$/, "");
    const stat = statOf(from);
    const isFolder = stat?.isDirectory() === true;
    const isPacked = [...taken].some((path) => path === to || path.startsWith(`${to}/`));
    if (isPacked || to === bundle || (isFolder && isAbove(from, source))) continue;
    const notice = obstacle(work, reference, to, stat !== undefined);
    if (notice !== null) {
      notices.add(notice);
      if (stat === undefined) missing.add(relative(root, from).replaceAll(sep, "/"));
      continue;
    }
    const listing = listingOf(work, from, to, isFolder);
    for (const path of listing.leftOut) leftOut.add(path);
    if (isFolder) folders.add(relative(root, from).replaceAll(sep, "/"));
    for (const file of listing.files) if (!taken.has(file.to)) addFile(work, placed, file, reference);
  }
  const files = [...placed.values()].map(({ from, to, executable }) => ({ from, to, executable }));
  return {
    files,
    leftOut: [...leftOut],
    folders: [...folders],
    missing: [...missing],
    notices: [...notices],
  };
}

import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Listing, readListing, type ZipEntry } from "@sluice/artifact";
import { type PythonWork, runOf } from "../session.ts";
import type { PythonEntry } from "../source/entry.ts";
import { listSources, type OwnSources } from "../source/list-sources.ts";
import type { Wheel } from "../wheels/wheel.ts";
import type { PackedDependencies } from "./packed.ts";

/** A function's own files. */
export interface Own {
  readonly own: OwnSources;
  /** Sources, what Sluice writes for the handler, and assets. */
  readonly sources: readonly ZipEntry[];
}

/** @param given - see {@link listSources} */
export function readOwn(
  work: PythonWork,
  entry: PythonEntry,
  assets: Listing,
  given: ReadonlySet<string>,
): Own {
  const own = listSources(runOf(work), entry, given);
  const sources = readListing(work, { files: own.files, leftOut: own.leftOut });
  const generated = own.generated.map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
  const taken = new Set([...sources, ...generated].map(({ path }) => path));
  const others = readListing(work, assets).filter(({ path }) => !taken.has(path));
  return { own, sources: [...sources, ...generated, ...others] };
}

/**
 * First parts of the names of own modules that packages give, too, and that stand beyond the source root: the repository's own project
 * that a requirement names (`-e .`), or a library whose published version its example asks for. The package is what is meant.
 */
export function givenByPackages(
  { own }: Own,
  { sourceRoot }: PythonEntry,
  wheels: readonly Wheel[],
): ReadonlySet<string> {
  const beyond = new Set(
    own.files.filter(({ from, to }) => from !== join(sourceRoot, to)).map(({ to }) => to),
  );
  const found = new Set<string>();
  if (beyond.size === 0) return found;
  for (const { files } of wheels)
    for (const { path } of files) if (beyond.has(path)) found.add(/^[^/.]+/.exec(path)?.[0] ?? path);
  return found;
}

/** Packages without the files that the function has itself, byte for byte: its own project is one of them. */
export function withoutOwn(packed: PackedDependencies, own: readonly ZipEntry[]): PackedDependencies {
  const mine = new Map(own.map(({ path, bytes }) => [path, bytes]));
  const isMine = ({ path, bytes }: PackedDependencies["files"][number]): boolean => {
    const other = mine.get(path);
    return other !== undefined && Buffer.compare(bytes, other) === 0;
  };
  const same = packed.files.filter(isMine).map(({ path }) => path);
  if (same.length === 0) return packed;
  const id = createHash("sha256")
    .update(JSON.stringify([packed.id, same]))
    .digest("hex");
  return { ...packed, id, files: packed.files.filter((file) => !isMine(file)) };
}

import { readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { makeFolder, writePending } from "./atomic-file.ts";
import { readOrNull } from "./file-errors.ts";
import type { TaggedContents } from "./store-protocol.ts";

/**
 * What is replaced in a folder is kept in generations, `NAME.000000000001` and so on, of which the highest counts. A file system
 * replaces a file whatever it holds, but gives a new name to one process alone: whoever read generation 7 and makes 8 has replaced
 * 7, and nobody else can. No lock is needed, so a process that is killed leaves none.
 */
const DIGITS = 12;

/** Generations that stay, so that a list which is made while others write sees one of them. */
const KEPT = 16;

const numberOf = (name: string, base: string): number =>
  name.startsWith(`${base}.`) && /^\d{12}$/.test(name.slice(base.length + 1))
    ? Number(name.slice(base.length + 1))
    : 0;

const pathOf = (path: string, generation: number): string =>
  `${path}.${String(generation).padStart(DIGITS, "0")}`;

/** All generations, the highest first. */
async function generationsOf(path: string): Promise<readonly number[]> {
  const folder = dirname(path);
  const names = (await readOrNull(readdir(folder), folder)) ?? [];
  return names
    .map((name) => numberOf(name, basename(path)))
    .filter((generation) => generation > 0)
    .sort((a, b) => b - a);
}

/** The file system's clock: on a network share it is not this machine's. */
async function clockOf(path: string): Promise<number> {
  try {
    const pending = await writePending(`${path}.clock`, "");
    try {
      return await pending.writtenAt();
    } finally {
      await pending.discard();
    }
  } catch {
    // Whoever may only read has no other than its own.
    return Date.now();
  }
}

export async function readGeneration(path: string): Promise<TaggedContents | null> {
  const [newest] = await generationsOf(path);
  if (newest === undefined) return null;
  const file = pathOf(path, newest);
  const [bytes, found] = await Promise.all([readOrNull(readFile(file), file), readOrNull(stat(file), file)]);
  // Replaced, and cleared away, since it was listed.
  if (bytes === null || found === null) return readGeneration(path);
  return { bytes, tag: String(newest), ageMs: Math.max(0, (await clockOf(path)) - found.mtimeMs) };
}

export async function nextGeneration(
  path: string,
  contents: Uint8Array,
  tag: string | null,
): Promise<string | null> {
  const [newest = 0, ...older] = await generationsOf(path);
  if (String(newest) !== (tag ?? "0")) return null;
  const own = newest + 1;
  const file = pathOf(path, own);
  await makeFolder(dirname(path));
  const pending = await writePending(file, contents);
  try {
    // A network share may have made the link and lost the answer: then the file that has the name is ours.
    const isOurs =
      (await pending.claim()) === "created" || Buffer.compare(await readFile(file), contents) === 0;
    if (!isOurs) return null;
  } finally {
    await pending.discard();
  }
  // Who was asleep meanwhile may have made a generation anew that was cleared away long ago.
  const [highest = own] = await generationsOf(path);
  if (highest >= own + KEPT) {
    await rm(file, { force: true });
    return null;
  }
  await Promise.all(
    older
      .filter((generation) => generation <= own - KEPT)
      .map((each) => rm(pathOf(path, each), { force: true })),
  );
  return String(own);
}

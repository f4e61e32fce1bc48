import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalProject, Resolution } from "../resolution.ts";

/** What a file of the memory holds. */
interface Remembered {
  readonly schema: 1;
  readonly resolution: Resolution;
  /** Of each project, what says what it needs: it is resolved along with the rest. */
  readonly descriptions: readonly (string | null)[];
}

/** Resolutions that are kept; the least recently used go first. */
const KEPT = 200;

/** Files that say what a project needs, or that its build reads for that. */
const DESCRIPTION = /^(pyproject\.toml|setup\.py|setup\.cfg|.*\.txt)$/;

async function descriptionOf({ path }: LocalProject): Promise<string | null> {
  const names = (await readdir(path).catch(() => [])).filter((name) => DESCRIPTION.test(name)).sort();
  if (names.length === 0) return null;
  const hash = createHash("sha256");
  for (const name of names) hash.update(`${name}\0`).update(await readFile(join(path, name)));
  return hash.digest("hex");
}

function parse(text: string): Remembered | null {
  try {
    const value = JSON.parse(text) as Partial<Remembered>;
    const { schema, resolution, descriptions } = value;
    const lists = [resolution?.wheels, resolution?.projects, descriptions];
    return schema === 1 && lists.every(Array.isArray) ? (value as Remembered) : null;
  } catch {
    return null;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Whether what was found on this machine is still as it was. */
async function stillHolds({ resolution, descriptions }: Remembered): Promise<boolean> {
  const paths = resolution.wheels.flatMap(({ from }) => ("path" in from ? [from.path] : []));
  if (!(await Promise.all(paths.map(isThere))).every(Boolean)) return false;
  const now = await Promise.all(resolution.projects.map(descriptionOf));
  return now.every((description, index) => description === descriptions[index]);
}

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  if (names.length <= KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
  );
  aged.sort((one, other) => one.used - other.used);
  for (const { name } of aged.slice(0, names.length - KEPT)) await rm(join(folder, name), { force: true });
}

function fileOf(cache: string, question: string): string {
  return join(cache, "python", "resolutions", `${question}.json`);
}

/** What was resolved before, `null` when it was not, or when it does not hold any more. */
export async function recall(cache: string, question: string, now: number): Promise<Resolution | null> {
  const file = fileOf(cache, question);
  const remembered = parse(await readFile(file, "utf8").catch(() => ""));
  if (remembered === null || !(await stillHolds(remembered))) return null;
  await utimes(file, now / 1000, now / 1000).catch(() => undefined);
  return remembered.resolution;
}

/** Keeps a resolution. A cache that cannot be written costs time alone. */
export async function remember(cache: string, question: string, resolution: Resolution): Promise<void> {
  const file = fileOf(cache, question);
  const folder = join(cache, "python", "resolutions");
  const descriptions = await Promise.all(resolution.projects.map(descriptionOf));
  const content: Remembered = { schema: 1, resolution, descriptions };
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, `${JSON.stringify(content)}\n`);
    await rename(temporary, file);
    await prune(folder);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

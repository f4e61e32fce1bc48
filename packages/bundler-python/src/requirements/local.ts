import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { withoutCredentials } from "./credentials.ts";
import { requirementErrors } from "./errors.ts";
import { isThere, labelOf, type Reading } from "./reading.ts";

/** A requirement that names a file or folder of this machine. */
export interface Local {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
  /** The folder, of those that it may start from, where it was found; `null` for an absolute one. */
  readonly base: string | null;
}

/** Files that say what a project needs; a change in one is a change of what the requirement comes to. */
const DESCRIPTIONS = ["pyproject.toml", "setup.cfg", "setup.py"];

/**
 * Finds what a path or a `file:` address stands for.
 *
 * @param bases - absolute folders that a relative path may start from, the most likely one first
 * @throws SLUICE_PYTHON_REQUIREMENT_PATH
 */
export async function findLocal(
  reading: Reading,
  text: string,
  bases: readonly string[],
  where: string,
): Promise<Local> {
  const [path, absolute] = pathOf(text, where);
  let bare: string | null = null;
  for (const base of absolute ? [null] : new Set(bases)) {
    const candidate = base === null ? path : resolve(base, path);
    const found = await stat(candidate).catch(() => null);
    if (found === null) {
      reading.lookedFor.add(candidate);
      continue;
    }
    if (!found.isDirectory()) reading.files.add(candidate);
    else if (!(await describes(reading, candidate))) {
      bare = candidate;
      continue;
    }
    return { path: candidate, isFolder: found.isDirectory(), base };
  }
  if (bare !== null)
    throw requirementErrors.pathMissing(
      where,
      `the folder ${path}`,
      "has neither pyproject.toml nor setup.py",
    );
  throw requirementErrors.pathMissing(where, absolute ? path : `the project or file ${path}`);
}

function pathOf(text: string, where: string): [path: string, absolute: boolean] {
  const address = text.replace(/#.*$/, "");
  if (!/^file:/i.test(address)) return [address, resolve(address) === address];
  if (!/^file:\/\//i.test(address)) return [address.slice("file:".length), address.startsWith("file:/")];
  try {
    // pip takes `file://localhost/` and `file:///`; two slashes and a relative path are what conda and people write.
    return [fileURLToPath(address.replace(/^file:\/\/localhost\//i, "file:///")), true];
  } catch {
    throw requirementErrors.pathMissing(where, withoutCredentials(address));
  }
}

async function describes(reading: Reading, folder: string): Promise<boolean> {
  const there = [];
  for (const name of DESCRIPTIONS) there.push(await isThere(reading, join(folder, name)));
  return there.some((each) => each);
}

/** The address of a file or folder, as requirements hold it. */
export function fileUrl(path: string): string {
  return pathToFileURL(path).href;
}

/**
 * The folder that `--find-links` names, absolute, or the value itself where it is an address. Relative ones start at the file that holds
 * them, as pip has it. The wheels in it count as read.
 *
 * @returns `null` for a folder that is not there, which pip passes over and uv does not
 */
export async function findLinksFolder(reading: Reading, value: string, file: string): Promise<string | null> {
  if (/^https?:/i.test(value)) return value;
  const [path] = pathOf(value, labelOf(reading, file));
  const folder = resolve(dirname(file), path);
  const names = await readdir(folder).catch(() => null);
  if (names === null) {
    reading.lookedFor.add(folder);
    return null;
  }
  for (const name of names) if (name.endsWith(".whl")) reading.files.add(join(folder, name));
  return folder;
}

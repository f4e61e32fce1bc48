import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunContext } from "@sluice/core";
import { discard, writable } from "./folder.ts";
import { withLock } from "./lock.ts";

/** Written last. */
const MARKER = ".complete.json";

/** Something installed in the cache. */
export interface Installation<T> {
  /** Absolute path. */
  readonly folder: string;
  /** What its installer returned. */
  readonly value: T;
}

/** How one thing is installed. */
export interface Installer<T> {
  /** Installs into `folder`, which is empty, absolute, and stays where it is. */
  readonly install: (folder: string) => Promise<T>;
  /** Whether an installation still works: what it was built on may have been removed from the machine. */
  readonly works: (value: T) => Promise<boolean>;
}

/** What is installed under `parent` and still works, `null` without one. Installs nothing. */
export async function findComplete<T>(
  parent: string,
  installer: Pick<Installer<T>, "works">,
): Promise<Installation<T> | null> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.sort()) {
    const folder = join(parent, name);
    const text = await readFile(join(folder, MARKER), "utf8").catch(() => null);
    if (text === null) continue;
    const value = JSON.parse(text) as T;
    if (await installer.works(value)) return { folder, value };
  }
  return null;
}

async function installInto<T>(parent: string, installer: Installer<T>): Promise<Installation<T>> {
  for (const name of await readdir(parent).catch(() => [])) await discard(join(parent, name));
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "i-"));
  try {
    const value = await installer.install(folder);
    await writeFile(join(folder, MARKER), JSON.stringify(value));
    return { folder, value };
  } catch (error) {
    await discard(folder);
    throw error;
  }
}

/**
 * Finds what is installed under `parent`, or installs it, one process at a time. Each attempt has a new folder, since a virtual
 * environment cannot be moved and an installer whose parent was killed may go on writing into the old one; a
 * folder without the marker is nobody's and is removed.
 *
 * @throws SLUICE_LOCAL_FOLDER when the cache cannot be written, and what the installer throws
 */
export async function installOnce<T>(
  parent: string,
  installer: Installer<T>,
  context: RunContext,
): Promise<Installation<T>> {
  const found = await findComplete(parent, installer);
  if (found !== null) return found;
  return withLock(`${parent}.lock`, context, async () => {
    const meanwhile = await findComplete(parent, installer);
    return meanwhile ?? (await writable(parent, () => installInto(parent, installer)));
  });
}

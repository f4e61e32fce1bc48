import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { RunContext } from "@sluice/core";
import { localErrors } from "./errors.ts";
import { writable } from "./folder.ts";
import { startOf } from "./process-table.ts";

/** Milliseconds that another process may hold a lock: as long as a slow installation. */
const TIMEOUT = 900_000;
const POLL = 50;
/** Milliseconds after which a lock whose owner has not put its name in is taken for left behind. */
const ANONYMOUS = 5_000;

interface Owner {
  readonly pid: number;
  readonly started: string | null;
}

async function ownerOf(lock: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(lock, "utf8")) as Owner;
  } catch {
    return null;
  }
}

async function isStale(lock: string, owner: Owner | null): Promise<boolean> {
  if (owner !== null) return owner.started !== (await startOf(owner.pid));
  const age = await stat(lock).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  return age > ANONYMOUS;
}

async function take(lock: string): Promise<boolean> {
  await mkdir(dirname(lock), { recursive: true });
  const owner = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) });
  try {
    const file = await open(lock, "wx", 0o600);
    await file.writeFile(owner).finally(() => file.close());
    return true;
  } catch (error) {
    // ENOENT: whoever held it has removed the folder with it.
    if (["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/**
 * Removes the lock of a process that was killed. Of several that find it, one moves it away; one that comes late and
 * has moved a living lock puts it back.
 */
async function breakStale(lock: string, owner: Owner | null): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  const found = await ownerOf(aside);
  if (found !== null && (found.pid !== owner?.pid || found.started !== owner.started))
    await rename(aside, lock);
  else await rm(aside, { force: true });
}

/**
 * Does `work` while no other process, nor another call in this one, holds `lock`. Waits for whoever does; a lock whose
 * owner is gone is taken over.
 *
 * @throws SLUICE_LOCAL_LOCKED when it is held for too long, SLUICE_LOCAL_FOLDER when it cannot be made
 */
export async function withLock<T>(lock: string, context: RunContext, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + TIMEOUT;
  while (!(await writable(lock, () => take(lock)))) {
    const owner = await ownerOf(lock);
    if (await isStale(lock, owner)) await breakStale(lock, owner);
    else if (Date.now() > deadline) throw localErrors.locked(lock, owner?.pid ?? 0, TIMEOUT / 1_000);
    else await context.sleep(POLL);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

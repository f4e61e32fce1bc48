import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A folder of this user's cache that outlives the run, outside the repository. */
function cacheFolder(name: string): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sluice-bench", name);
}

/**
 * Fills a folder of the cache once. A folder that was left half filled is made anew.
 *
 * @param fill - given the empty folder
 * @returns the folder
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = cacheFolder(name);
  const ready = join(folder, ".ready");
  const isReady = await stat(ready).then(
    () => true,
    () => false,
  );
  if (isReady) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await fill(folder);
  await writeFile(ready, "");
  return folder;
}

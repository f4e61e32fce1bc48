import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";

const REMOVAL = { recursive: true, force: true } as const;

/** Folders in use. One listener removes them all with this process, which does not wait for work that was interrupted. */
const lent = new Set<string>();

function removeAll(): void {
  for (const folder of lent) {
    try {
      rmSync(folder, REMOVAL);
    } catch {
      // What a child that is just ending still writes there is the system's to clean up.
    }
  }
}

/**
 * Lends a folder for as long as `work` takes.
 *
 * @param prefix - absolute; what it ends in begins the folder's name
 */
export async function withTemporaryFolder<T>(
  prefix: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(prefix);
  if (lent.size === 0) process.on("exit", removeAll);
  lent.add(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, REMOVAL);
    lent.delete(folder);
    if (lent.size === 0) process.off("exit", removeAll);
  }
}

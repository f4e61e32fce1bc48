import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "../inventory.ts";

const NOTHING: Inventory = { schema: 1, metafile: null, packages: [], provided: [] };

function isInventory(value: unknown): value is Inventory {
  const { schema, metafile, packages, provided } = (value ?? {}) as Partial<Inventory>;
  const known = typeof metafile === "object" && Array.isArray(packages) && Array.isArray(provided);
  return schema === 1 && known;
}

/**
 * What the last build of a function noted about its contents. It is of the cache, which may be deleted at any time: without it, or
 * with one that cannot be understood, nothing is known beyond the files of the zip.
 *
 * @param root - the repository's root
 */
export async function readInventory(root: string, functionName: string): Promise<Inventory> {
  try {
    const path = join(root, ".sluice", "cache", `${functionName}.inventory.json`);
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return isInventory(value) ? value : NOTHING;
  } catch {
    return NOTHING;
  }
}

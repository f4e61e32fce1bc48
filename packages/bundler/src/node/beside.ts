import { join } from "node:path";
import { besidePath, INVENTORY_FILE, type Inventory, removeQuietly, writeCacheFile } from "@sluice/artifact";
import type { Work } from "../session.ts";
import { mapUnwritable } from "./errors.ts";

/** The map of a function that has `sourcemap: "beside"`, with `*` in place of its name. */
const MAP_FILE = "*.map";

interface BesideFile {
  readonly folder: "artifacts" | "cache";
  readonly name: string;
  readonly bytes: Uint8Array | string;
}

/** What stands beside a function's zip and its record. */
export function besideFiles(inventory: Inventory, map: Uint8Array | null): BesideFile[] {
  const files: BesideFile[] = [{ folder: "cache", name: INVENTORY_FILE, bytes: JSON.stringify(inventory) }];
  if (map !== null) files.push({ folder: "artifacts", name: MAP_FILE, bytes: map });
  return files;
}

/**
 * Writes them, each whole or not at all, and removes the map of a build before that had one. An inventory that cannot be written
 * is missed by nobody who deploys; a map that was asked for is.
 *
 * @throws `SLUICE_MAP_UNWRITABLE`
 */
export function writeBeside(work: Work, files: readonly BesideFile[]): void {
  const { session, fn } = work;
  for (const file of files) {
    const written = writeCacheFile(besidePath(session, fn.name, file), file.bytes);
    if (!written && file.name === MAP_FILE)
      throw mapUnwritable(fn.name, join(session.artifacts, `${fn.name}.map`));
  }
  if (files.every(({ name }) => name !== MAP_FILE))
    removeQuietly(besidePath(session, fn.name, { folder: "artifacts", name: MAP_FILE }));
}

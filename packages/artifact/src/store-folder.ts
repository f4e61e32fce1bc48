import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeFolder, writePending } from "./atomic-file.ts";
import { digestOf } from "./digest.ts";
import { readOrNull } from "./file-errors.ts";
import { nextGeneration, readGeneration } from "./store-generations.ts";
import type { StoreBackend } from "./store-protocol.ts";

/** A store in a folder, safe under concurrent processes: a file gets its name whole, and only if nothing has it. */
export function folderBackend(root: string): StoreBackend {
  const pathOf = (key: string): string => join(root, ...key.split("/"));
  const read = (key: string): Promise<Uint8Array | null> => readOrNull(readFile(pathOf(key)), pathOf(key));
  return {
    read,
    exists: async (key) => (await readOrNull(stat(pathOf(key)), pathOf(key))) !== null,
    compare: async (key, contents) => {
      const present = await read(key);
      if (present === null) return "absent";
      return Buffer.compare(present, contents) === 0 ? "same" : "different";
    },
    compareDigest: async (key, digest) => {
      const present = await read(key);
      if (present === null) return "absent";
      return digestOf(present) === digest ? "same" : "different";
    },
    create: async (key, contents) => {
      await makeFolder(dirname(pathOf(key)));
      const pending = await writePending(pathOf(key), contents);
      try {
        return await pending.create();
      } finally {
        await pending.discard();
      }
    },
    uri: (key) => ({ uri: pathToFileURL(pathOf(key)).href, bucket: null, key: null }),
    list: async (prefix, limit) => {
      const found = await readOrNull(readdir(pathOf(prefix), { withFileTypes: true }), pathOf(prefix));
      const names = (found ?? []).filter((entry) => entry.isFile() && !entry.name.startsWith("."));
      return names
        .map(({ name }) => `${prefix}${name}`)
        .sort()
        .slice(0, limit);
    },
    readTagged: (key) => readGeneration(pathOf(key)),
    replace: (key, contents, tag) => nextGeneration(pathOf(key), contents, tag),
  };
}

import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { errnoOf, makeFolder, writePending } from "./atomic-file.ts";
import type { StoreBackend } from "./store-protocol.ts";

/** `otherwise` when the file is not there. */
function unlessAbsent<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  return work.catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return otherwise;
    throw error;
  });
}

/** A store in a folder, safe under concurrent processes: a file gets its name whole, and only if nothing has it. */
export function folderBackend(root: string): StoreBackend {
  const pathOf = (key: string): string => join(root, ...key.split("/"));
  const read = (key: string): Promise<Uint8Array | null> => unlessAbsent(readFile(pathOf(key)), null);
  return {
    read,
    exists: (key) =>
      unlessAbsent(
        access(pathOf(key)).then(() => true),
        false,
      ),
    compare: async (key, contents) => {
      const present = await read(key);
      if (present === null) return "absent";
      return Buffer.compare(present, contents) === 0 ? "same" : "different";
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
  };
}

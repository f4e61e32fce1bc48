import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import { learnSha256 } from "./digest.ts";
import { inflateOptions, locateStreams } from "./read-zip.ts";
import type { DirectoryEntry } from "./zip-directory.ts";
import { METHODS } from "./zip-format.ts";

/** Bytes from which the way to another thread costs less than it saves: of wheels these are two files of a hundred, and two thirds of all bytes. */
const BIG = 256 * 1024;

const inflate = promisify(inflateRaw);

function bigEntries(bytes: Uint8Array): ReturnType<typeof locateStreams> {
  try {
    const isBig = ({ method, size }: DirectoryEntry): boolean => method === METHODS.deflated && size >= BIG;
    return locateStreams(bytes, "").filter(({ entry }) => isBig(entry));
  } catch {
    return [];
  }
}

/**
 * Inflates the big files of a zip on the threads that Node.js has for such work, and hashes them there, while this thread does
 * something else. Contents are not proven: whoever reads the zip with what this gives does so, and says what is wrong.
 *
 * @returns contents by the offset of their entries in the zip
 */
export async function inflateAhead(bytes: Uint8Array): Promise<ReadonlyMap<number, Uint8Array>> {
  const inflated = new Map<number, Uint8Array>();
  const work = bigEntries(bytes).map(async ({ entry, local, from, to }) => {
    try {
      const content = await inflate(bytes.subarray(from, to), inflateOptions(entry.size));
      await learnSha256(content);
      inflated.set(local, content);
    } catch {
      // It will be inflated again, and refused.
    }
  });
  await Promise.all(work);
  return inflated;
}

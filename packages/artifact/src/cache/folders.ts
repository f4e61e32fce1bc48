import { resolve } from "node:path";
import { type BuildSession, perSession } from "../build/session.ts";
import { listFolder } from "../files/listed-file.ts";
import { relativeTo } from "./key.ts";

/** A folder that was packed whole, relative to the root, with the files in it as text: one line each. */
export type WholeFolder = readonly [folder: string, files: readonly string[]];

/** Paths and modes of the files in a folder, as they would be packed now; `null` when they cannot be. */
export function filesInFolder({ root, repository }: BuildSession, folder: string): string[] | null {
  try {
    const { files } = listFolder({ functionName: "", root, repository }, resolve(root, folder), "");
    return files.map(({ from, executable }) => `${executable ? "x" : "-"} ${relativeTo(root, from)}`);
  } catch {
    // Packing it says what is wrong.
    return null;
  }
}

const listingsIn = perSession((_: BuildSession) => new Map<string, string | null>());

/** Whether each folder holds the same files, as they were when the run began. */
export function foldersUnchanged(session: BuildSession, folders: readonly WholeFolder[]): boolean {
  const known = listingsIn(session);
  return folders.every(([folder, files]) => {
    let now = known.get(folder);
    if (now === undefined) {
      now = filesInFolder(session, folder)?.join("\n") ?? null;
      known.set(folder, now);
    }
    return now === files.join("\n");
  });
}

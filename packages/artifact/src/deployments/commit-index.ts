import { isCommitOrNull } from "../manifest-fields.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { documentOf, identityOf, inOrder, lastWritten, nextTime } from "./entries.ts";
import { deploymentErrors } from "./errors.ts";
import { parseEntries } from "./record.ts";
import { environmentFolder } from "./record-key.ts";
import type { CommitEntry } from "./types.ts";

/** Objects that are merged at most: each is what one run with other targets or another digest found. */
const MOST = 200;

function folderOf(environment: string, commit: string): string {
  const folder = `${environmentFolder(environment)}/.commits/${commit}`;
  if (!isCommitOrNull(commit)) throw deploymentErrors.record(folder, "that is not the name of a commit");
  return folder;
}

export async function writeCommit(
  backend: StoreBackend,
  environment: string,
  commit: string,
  entries: readonly CommitEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const folder = folderOf(environment, commit);
  const ordered = inOrder(entries);
  const name = `${identityOf(ordered)}.json`;
  const last = await lastWritten(backend, folder);
  if (last.endsWith(`-${name}`)) return;
  const key = `${folder}/${nextTime(last, ordered)}-${name}`;
  await backend.create(key, documentOf({ environment, commit, entries: ordered }));
}

export async function readCommit(
  backend: StoreBackend,
  environment: string,
  commit: string,
): Promise<readonly CommitEntry[]> {
  const keys = await backend.list(`${folderOf(environment, commit)}/`, MOST);
  const found = await Promise.all(
    keys.map(async (key) => {
      const bytes = await backend.read(key);
      return bytes === null ? [] : parseEntries(bytes, backend.uri(key).uri);
    }),
  );
  // What was written last comes first, and counts.
  const merged = new Map<string, CommitEntry>();
  for (const entry of found.flat()) {
    const place = `${entry.function}\n${entry.region}`;
    if (!merged.has(place)) merged.set(place, entry);
  }
  return [...merged.values()];
}

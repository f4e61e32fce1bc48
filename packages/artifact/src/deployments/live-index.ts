import type { StoreBackend } from "../store-protocol.ts";
import { documentOf, identityOf, inOrder, lastWritten, nextTime, placeKey } from "./entries.ts";
import { parseEntries } from "./record.ts";
import { environmentFolder } from "./record-key.ts";
import type { CommitEntry, NotedRun } from "./types.ts";

const folderOf = (environment: string): string => `${environmentFolder(environment)}/.live`;

/** The name of what a run found: of what commit, and what. */
const nameOf = ({ commit, entries }: NotedRun): string =>
  `${commit ?? "none"}-${identityOf(inOrder(entries))}.json`;

export async function wasNoted(backend: StoreBackend, environment: string, run: NotedRun): Promise<boolean> {
  return (await lastWritten(backend, folderOf(environment))).endsWith(`-${nameOf(run)}`);
}

async function readNote(backend: StoreBackend, key: string): Promise<readonly CommitEntry[]> {
  const bytes = await backend.read(key);
  return bytes === null ? [] : parseEntries(bytes, backend.uri(key).uri);
}

export async function readNoted(backend: StoreBackend, environment: string): Promise<readonly CommitEntry[]> {
  const folder = folderOf(environment);
  const last = await lastWritten(backend, folder);
  return last === "" ? [] : readNote(backend, `${folder}/${last}`);
}

export async function noteRun(backend: StoreBackend, environment: string, run: NotedRun): Promise<void> {
  const folder = folderOf(environment);
  const last = await lastWritten(backend, folder);
  const name = nameOf(run);
  if (last.endsWith(`-${name}`)) return;
  const before = last === "" ? [] : await readNote(backend, `${folder}/${last}`);
  const replaced = new Set([...run.entries, ...run.unknown].map(placeKey));
  const others = before.filter((entry) => !replaced.has(placeKey(entry)));
  const entries = inOrder([...others, ...run.entries]);
  if (entries.length === 0) return;
  const key = `${folder}/${nextTime(last, entries)}-${name}`;
  await backend.create(key, documentOf({ environment, commit: run.commit, entries }));
}

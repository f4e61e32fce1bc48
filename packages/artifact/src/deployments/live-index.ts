import type { StoreBackend } from "../store-protocol.ts";
import { documentOf, identityOf, inOrder, lastWritten, nextTime, placeKey } from "./entries.ts";
import { parseEntries } from "./record.ts";
import { environmentFolder } from "./record-key.ts";
import type { CommitEntry, LiveNote, NotedRun } from "./types.ts";

const folderOf = (environment: string): string => `${environmentFolder(environment)}/.live`;

/** The name of what a run found: of what commit, and what. */
const nameOf = ({ commit, entries }: NotedRun): string =>
  `${commit ?? "none"}-${identityOf(inOrder(entries))}.json`;

export async function lastNote(backend: StoreBackend, environment: string): Promise<LiveNote> {
  const folder = folderOf(environment);
  const last = await lastWritten(backend, folder);
  let reading: Promise<readonly CommitEntry[]> | undefined;
  const entries = (): Promise<readonly CommitEntry[]> => {
    reading ??= last === "" ? Promise.resolve([]) : readNote(backend, `${folder}/${last}`);
    return reading;
  };
  const is = (run: NotedRun): boolean => last.endsWith(`-${nameOf(run)}`);
  const replace = async (run: NotedRun): Promise<void> => {
    if (is(run)) return;
    const replaced = new Set([...run.entries, ...run.unknown].map(placeKey));
    const others = (await entries()).filter((entry) => !replaced.has(placeKey(entry)));
    const all = inOrder([...others, ...run.entries]);
    if (all.length === 0) return;
    const key = `${folder}/${nextTime(last, all)}-${nameOf(run)}`;
    await backend.create(key, documentOf({ environment, commit: run.commit, entries: all }));
  };
  return { is, entries, replace };
}

async function readNote(backend: StoreBackend, key: string): Promise<readonly CommitEntry[]> {
  const bytes = await backend.read(key);
  return bytes === null ? [] : parseEntries(bytes, backend.uri(key).uri);
}

import { isRecord } from "../manifest-fields.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { documentOf, identityOf, inOrder, lastWritten, nextTime, placeKey } from "./entries.ts";
import { parseEntries } from "./record.ts";
import { environmentFolder } from "./record-key.ts";
import type { CommitEntry, LiveNote, NotedRun } from "./types.ts";

const folderOf = (environment: string): string => `${environmentFolder(environment)}/.live`;

/** The name of what a run found: of what commit, and what. */
const nameOf = ({ commit, entries }: NotedRun): string =>
  `${commit ?? "none"}-${identityOf(inOrder(entries))}.json`;

/** What a note holds. */
interface Noted {
  readonly entries: readonly CommitEntry[];
  /** Of what commit each was found last, by its place; `null` for none. */
  readonly commits: Readonly<Record<string, unknown>>;
}

const NOTHING: Noted = { entries: [], commits: {} };

export async function lastNote(backend: StoreBackend, environment: string): Promise<LiveNote> {
  const folder = folderOf(environment);
  const last = await lastWritten(backend, folder);
  let reading: Promise<Noted> | undefined;
  const read = (): Promise<Noted> => {
    reading ??= last === "" ? Promise.resolve(NOTHING) : readNote(backend, `${folder}/${last}`);
    return reading;
  };
  const isSame = (run: NotedRun): boolean => last.endsWith(`-${nameOf(run)}`);
  return {
    has: async (run) => isSame(run) || (last !== "" && holds(await read(), run)),
    entries: async () => (await read()).entries,
    replace: async (run) => {
      if (isSame(run)) return;
      const { entries, commits } = merge(await read(), run);
      if (entries.length === 0) return;
      const key = `${folder}/${nextTime(last, entries)}-${nameOf(run)}`;
      await backend.create(key, documentOf({ environment, commit: run.commit, entries, commits }));
    },
  };
}

/** Whether all that a run found was found of its commit before, by runs that looked at other functions, too. */
function holds({ entries, commits }: Noted, { commit, entries: found }: NotedRun): boolean {
  const known = new Map(entries.map((entry) => [placeKey(entry), identityOf(inOrder([entry]))]));
  return found.every(
    (entry) =>
      known.get(placeKey(entry)) === identityOf(inOrder([entry])) && commits[placeKey(entry)] === commit,
  );
}

/** What a run did not look at stays as it was. */
function merge(before: Noted, { commit, entries, unknown }: NotedRun): Noted {
  const replaced = new Set([...entries, ...unknown].map(placeKey));
  const others = before.entries.filter((entry) => !replaced.has(placeKey(entry)));
  const all = inOrder([...others, ...entries]);
  const commits = all
    .map(placeKey)
    .map((place) => [place, replaced.has(place) ? commit : before.commits[place]]);
  return { entries: all, commits: Object.fromEntries(commits) };
}

async function readNote(backend: StoreBackend, key: string): Promise<Noted> {
  const bytes = await backend.read(key);
  if (bytes === null) return NOTHING;
  const entries = parseEntries(bytes, backend.uri(key).uri);
  const { commits } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly commits?: unknown };
  return { entries, commits: isRecord(commits) ? commits : {} };
}

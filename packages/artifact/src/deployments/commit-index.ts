import { sha256Hex } from "../digest.ts";
import { isCommitOrNull } from "../manifest-fields.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { deploymentErrors } from "./errors.ts";
import { canonicalEntry, parseEntries } from "./record.ts";
import { environmentFolder, invertedTime, timeDigits } from "./record-key.ts";
import type { CommitEntry } from "./types.ts";

/** Objects that are merged at most: each is what one run with other targets or another digest found. */
const MOST = 200;

const placeOf = ({ function: name, target, region }: CommitEntry): string => `${name}\n${target}\n${region}`;

function folderOf(environment: string, commit: string): string {
  const folder = `${environmentFolder(environment)}/.commits/${commit}`;
  if (!isCommitOrNull(commit)) throw deploymentErrors.record(folder, "that is not the name of a commit");
  return folder;
}

function inOrder(entries: readonly CommitEntry[]): readonly CommitEntry[] {
  const order = (a: CommitEntry, b: CommitEntry): number => (placeOf(a) < placeOf(b) ? -1 : 1);
  return entries.map(canonicalEntry).sort(order);
}

/** What the entries say, the time apart: a run that finds the same again has nothing to write. */
function identityOf(entries: readonly CommitEntry[]): string {
  const timeless = entries.map(({ at: _, ...rest }) => rest);
  return sha256Hex(Buffer.from(JSON.stringify(timeless))).slice(0, 32);
}

function newestKey(keys: readonly string[]): string {
  return keys[0]?.slice(keys[0].lastIndexOf("/") + 1) ?? "";
}

/** The name of what was written last, as one list tells it: the newest key comes first. */
async function lastWritten(backend: StoreBackend, folder: string): Promise<string> {
  return newestKey(await backend.list(`${folder}/`, 1));
}

export async function hasCommit(
  backend: StoreBackend,
  environment: string,
  commit: string,
  entries: readonly CommitEntry[],
): Promise<boolean> {
  const last = await lastWritten(backend, folderOf(environment, commit));
  return last.endsWith(`-${identityOf(inOrder(entries))}.json`);
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
  // Never behind what is there, whatever this machine's clock says.
  const latest = Math.min(...ordered.map(({ at }) => invertedTime(at)));
  const inverted = last === "" ? latest : Math.min(latest, Number(last.slice(0, 13)) - 1);
  const key = `${folder}/${timeDigits(inverted)}-${name}`;
  const document = { schema: 1, environment, commit, entries: ordered };
  await backend.create(key, Buffer.from(`${JSON.stringify(document, null, 2)}\n`));
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

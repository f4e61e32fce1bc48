import { sha256Hex } from "../digest.ts";
import type { StoreBackend } from "../store-protocol.ts";
import { canonicalEntry } from "./record.ts";
import { invertedTime, timeDigits } from "./record-key.ts";
import type { CommitEntry } from "./types.ts";

/** Where an entry's code is. */
export const placeKey = ({ target, region }: Pick<CommitEntry, "target" | "region">): string =>
  `${target}\n${region}`;

/** Entries in one order, each in one form. */
export function inOrder(entries: readonly CommitEntry[]): readonly CommitEntry[] {
  const order = (a: CommitEntry, b: CommitEntry): number => (placeKey(a) < placeKey(b) ? -1 : 1);
  return entries.map(canonicalEntry).sort(order);
}

/** What the entries say, the times apart: a run that finds the same again has nothing to write. */
export function identityOf(ordered: readonly CommitEntry[]): string {
  const timeless = ordered.map(({ at: _, ...rest }) => rest);
  return sha256Hex(Buffer.from(JSON.stringify(timeless))).slice(0, 32);
}

/** The name of what was written last in a folder, as one list tells it: the newest key comes first. Empty for none. */
export async function lastWritten(backend: StoreBackend, folder: string): Promise<string> {
  const [key = ""] = await backend.list(`${folder}/`, 1);
  return key.slice(key.lastIndexOf("/") + 1);
}

/** What a key begins with that comes before `last`, whatever the clock of this machine says. */
export function nextTime(last: string, entries: readonly CommitEntry[]): string {
  const latest = Math.min(...entries.map(({ at }) => invertedTime(at)));
  return timeDigits(last === "" ? latest : Math.min(latest, Number(last.slice(0, 13)) - 1));
}

/** What an object with entries holds. */
export function documentOf(contents: {
  readonly environment: string;
  readonly commit: string | null;
  readonly entries: readonly CommitEntry[];
  /** By place. */
  readonly commits?: Readonly<Record<string, unknown>>;
}): Uint8Array {
  return Buffer.from(`${JSON.stringify({ schema: 1, ...contents }, null, 2)}\n`);
}

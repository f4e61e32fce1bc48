import { stripVTControlCharacters } from "node:util";
import type { Artifact } from "@sluice/core";
import { formatDuration, formatSize } from "../report/human.ts";
import type { Colors } from "../terminal/colors.ts";
import type { Round } from "./round.ts";

/** What is known of the functions between rounds. */
export interface WatchState {
  /** Function → its last artifact. */
  readonly artifacts: ReadonlyMap<string, Artifact>;
  /** Text that tells the last error from another; `null` for none. */
  readonly error: string | null;
}

/** What a round changed. */
export interface WatchChange {
  readonly state: WatchState;
  readonly changed: readonly { readonly artifact: Artifact; readonly before: Artifact | null }[];
  /** Functions that the configuration no longer has. */
  readonly gone: readonly string[];
  readonly error: "new" | "same" | "mended" | null;
}

export const NOTHING_YET: WatchState = { artifacts: new Map(), error: null };

/** Compares a round with what was known before. Functions that failed keep their last artifact. */
export function changeOf(state: WatchState, round: Round): WatchChange {
  const artifacts = new Map(state.artifacts);
  const changed = round.artifacts.flatMap((artifact) => {
    const before = artifacts.get(artifact.function) ?? null;
    artifacts.set(artifact.function, artifact);
    return before?.manifest.digest === artifact.manifest.digest ? [] : [{ artifact, before }];
  });
  const gone =
    round.functions === null ? [] : [...artifacts.keys()].filter((name) => !round.functions?.includes(name));
  for (const name of gone) artifacts.delete(name);
  const error = round.error === null ? null : JSON.stringify(round.error.problems);
  const mended = error === null && state.error !== null ? "mended" : null;
  const told = error === state.error ? "same" : "new";
  return { state: { artifacts, error }, changed, gone, error: error === null ? mended : told };
}

/** Bytes more or less, with their sign. */
function formatDifference(bytes: number): string {
  return `${bytes < 0 ? "−" : "+"}${formatSize(Math.abs(bytes))}`;
}

function formatChanged({ artifact, before }: WatchChange["changed"][number], colors: Colors): string {
  const size = formatSize(artifact.manifest.sizeBytes);
  const difference = before === null ? 0 : artifact.manifest.sizeBytes - before.manifest.sizeBytes;
  const note = before === null ? " (new)" : difference === 0 ? "" : ` (${formatDifference(difference)})`;
  return `${colors.bold(artifact.function)} ${size}${note}`;
}

/** More functions than these are counted, and more than fit into this many characters. */
const NAMED = 5;
const WIDTH = 60;

/** The first of a list by themselves, the others as a number. */
function listed(texts: readonly string[]): string[] {
  const shownLength = (count: number): number =>
    stripVTControlCharacters(texts.slice(0, count).join(", ")).length;
  let count = Math.min(NAMED, texts.length);
  while (count > 1 && shownLength(count) > WIDTH) count -= 1;
  return texts.length > count ? [...texts.slice(0, count), `${texts.length - count} more`] : [...texts];
}

/**
 * One line about a round: when, what changed, how long it took; `null` when there is nothing to say.
 *
 * @param at - ms since the epoch
 */
export function roundLine(change: WatchChange, round: Round, at: number, colors: Colors): string | null {
  const { changed, gone, error } = change;
  const named = listed(changed.map((each) => formatChanged(each, colors)));
  const parts = [...named, ...gone.map((name) => `${name} is gone`)];
  if (error === "same") parts.push("the same error");
  if (error === "mended" && parts.length === 0) parts.push("mended, as before");
  if (parts.length === 0) return null;
  const time = new Date(at).toTimeString().slice(0, 8);
  return `${colors.dim(time)}  ${parts.join(", ")}  ${colors.dim(formatDuration(round.durationMs))}`;
}

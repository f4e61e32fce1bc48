import { setTimeout as sleep } from "node:timers/promises";
import { createFileStates, type FileStates, perSession } from "@sluice/artifact";
import { tellBundled } from "../externals/bundled-versions.ts";
import { rememberOutside } from "../externals/outside.ts";
import { packagesOf } from "../externals/session-packages.ts";
import type { Session } from "../session.ts";
import { type BatchResult, buildBatch } from "./build.ts";
import { BuildSummary } from "./build-notices.ts";
import { BATCH, Builder } from "./builder.ts";
import { entryKey, type NodeEntry } from "./entry.ts";
import type { NodeGroup } from "./options.ts";
import { Turns } from "./turns.ts";

/** The build that a module was part of. */
export interface ModuleBuild extends BatchResult {
  /** In ms since the epoch. */
  readonly startedAt: number;
  /** Files as they are after it: most are read by several functions. */
  readonly files: FileStates;
}

/** The builds of a group's modules, batch by batch. */
export interface ModuleBuilds {
  /** The build with this entry. It has to be {@link release released} by everyone who asked. */
  build(entry: NodeEntry): Promise<ModuleBuild>;
  /** Says that what was built is no longer needed by one who asked. */
  release(entry: NodeEntry): void;
}

interface Batch {
  readonly entries: readonly NodeEntry[];
  /** Those who asked and have not released yet. */
  holders: number;
  /** Entries of it that were built and are not packed yet. */
  waiting: number;
  build: Promise<ModuleBuild> | null;
}

function batchesOf(entries: readonly NodeEntry[]): Map<string, Batch> {
  const batches = new Map<string, Batch>();
  for (let start = 0; start < entries.length; start += BATCH) {
    const batch: Batch = {
      entries: entries.slice(start, start + BATCH),
      holders: 0,
      waiting: 0,
      build: null,
    };
    for (const entry of batch.entries) batches.set(entryKey(entry), batch);
  }
  return batches;
}

/**
 * File systems take the time from a clock that the kernel moves every few milliseconds, 10 at most (CONFIG_HZ=100): a file that
 * is written sooner after the build began could look as if it had been written before.
 */
const CLOCK_STEP_MS = 10;

const turnsIn = perSession(() => new Turns());

/** The batches of one group, one after the other. */
class GroupBuilds implements ModuleBuilds {
  readonly #session: Session;
  readonly #group: NodeGroup;
  readonly #batches: ReadonlyMap<string, Batch>;
  readonly #builder: Builder;
  readonly #turns: Turns;
  #summary = new BuildSummary();
  #files: FileStates | undefined;
  #began: Promise<number> | undefined;
  #queued = 0;
  /** A builder takes one batch at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session, group: NodeGroup, entries: readonly NodeEntry[]) {
    this.#session = session;
    this.#group = group;
    this.#batches = batchesOf(entries);
    this.#builder = new Builder(session.root, group, packagesOf(session).outside, entries.length);
    this.#turns = turnsIn(session);
  }

  build(entry: NodeEntry): Promise<ModuleBuild> {
    const batch = this.#batchOf(entry);
    batch.holders += 1;
    batch.build ??= this.#start(batch);
    return batch.build;
  }

  release(entry: NodeEntry): void {
    const batch = this.#batchOf(entry);
    batch.holders -= 1;
    if (batch.holders > 0) return;
    this.#turns.packed(batch.waiting);
    batch.waiting = 0;
    batch.build = null;
  }

  #batchOf(entry: NodeEntry): Batch {
    const batch = this.#batches.get(entryKey(entry));
    if (batch === undefined) throw new Error(`${entry.source} is in none of the batches of its own group`);
    return batch;
  }

  #start(batch: Batch): Promise<ModuleBuild> {
    this.#queued += 1;
    const build = this.#last.then(() => this.#run(batch));
    this.#last = build.catch(() => undefined);
    return build;
  }

  /** When the first batch began: esbuild keeps what it has read from then on. */
  async #begin(): Promise<number> {
    const startedAt = this.#session.context.now();
    await sleep(CLOCK_STEP_MS);
    return startedAt;
  }

  async #run(batch: Batch): Promise<ModuleBuild> {
    const { root, context } = this.#session;
    await this.#turns.take();
    let built = 0;
    try {
      this.#began ??= this.#begin();
      const startedAt = await this.#began;
      const result = await buildBatch(root, this.#group, this.#builder, batch.entries, context.signal);
      this.#summary.add(result);
      const files = createFileStates(root, this.#files);
      this.#files = files;
      built = batch.entries.length;
      return { ...result, startedAt, files };
    } finally {
      batch.waiting = built;
      this.#turns.built(built);
      this.#queued -= 1;
      if (this.#queued === 0) await this.#finish();
    }
  }

  /** Nothing is asked for at the moment: lets esbuild go, and says what the builds have to say. */
  async #finish(): Promise<void> {
    const session = this.#session;
    const summary = this.#summary;
    await this.#builder.close();
    rememberOutside(packagesOf(session).outside, session.cache);
    await tellBundled(session, summary.inputs);
    summary.tell(session.context);
    this.#summary = new BuildSummary();
  }
}

/**
 * Builds the modules of a group together, a few at a time, as they are asked for, and lets the outputs go once they are packed:
 * memory does not grow with the number of functions.
 */
export function openBuilds(session: Session, group: NodeGroup, entries: readonly NodeEntry[]): ModuleBuilds {
  return new GroupBuilds(session, group, entries);
}

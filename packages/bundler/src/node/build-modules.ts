import { createFileStates, type FileStates } from "../cache/fingerprint.ts";
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

const turnsOf = new WeakMap<Session, Turns>();

/**
 * Builds the modules of a group together, a few at a time, as they are asked for, and lets the outputs go once they are packed:
 * memory does not grow with the number of functions.
 */
export function openBuilds(session: Session, group: NodeGroup, entries: readonly NodeEntry[]): ModuleBuilds {
  const { root, cache, context } = session;
  const { outside } = packagesOf(session);
  const turns = turnsOf.get(session) ?? new Turns();
  turnsOf.set(session, turns);
  const batches = batchesOf(entries);
  const builder = new Builder(root, group, outside, entries.length);
  let summary = new BuildSummary();
  let files: FileStates | undefined;
  let queued = 0;
  // A builder takes one batch at a time.
  let last: Promise<unknown> = Promise.resolve();

  const finish = async (): Promise<void> => {
    await builder.close();
    rememberOutside(outside, cache);
    await tellBundled(session, summary.inputs);
    summary.tell(context);
    summary = new BuildSummary();
  };
  const run = async (batch: Batch): Promise<ModuleBuild> => {
    await turns.take();
    let built = 0;
    try {
      const startedAt = context.now();
      const result = await buildBatch(root, group, builder, batch.entries, context.signal);
      summary.add(result);
      files = createFileStates(root, files);
      built = batch.entries.length;
      return { ...result, startedAt, files };
    } finally {
      batch.waiting = built;
      turns.built(built);
      queued -= 1;
      if (queued === 0) await finish();
    }
  };
  const start = (batch: Batch): Promise<ModuleBuild> => {
    queued += 1;
    const build = last.then(() => run(batch));
    last = build.catch(() => undefined);
    return build;
  };
  const batchOf = (entry: NodeEntry): Batch => {
    const batch = batches.get(entryKey(entry));
    if (batch === undefined) throw new Error(`${entry.source} is in none of the batches of its own group`);
    return batch;
  };
  return {
    build: (entry) => {
      const batch = batchOf(entry);
      batch.holders += 1;
      batch.build ??= start(batch);
      return batch.build;
    },
    release: (entry) => {
      const batch = batchOf(entry);
      batch.holders -= 1;
      if (batch.holders > 0) return;
      turns.packed(batch.waiting);
      batch.waiting = 0;
      batch.build = null;
    },
  };
}

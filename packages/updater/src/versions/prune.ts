import type { Deployments } from "@sluice/artifact";
import type { Problem, ResolvedEnvironment, RunContext } from "@sluice/core";
import type { Caller } from "../call.ts";
import { recordPlace } from "../records/record-place.ts";
import { beyond, decidePrune, type Kept, type PruneDecision } from "./decide-prune.ts";
import { deleteVersion } from "./delete-version.ts";
import { type FunctionVersion, readAliases, readVersions } from "./read-versions.ts";

/** A function of which old versions are to go. */
export interface Pruning {
  readonly caller: Caller;
  readonly context: RunContext;
  readonly environment: ResolvedEnvironment;
  /** `null` without a store. */
  readonly deployments: Deployments | null;
  /** Function version → why it stays, as the one that was just published. */
  readonly needed: ReadonlyMap<string, string>;
  /** Versions that are about to be published, and count among the newest. */
  readonly upcoming: number;
  /** Of the region, asked for once: `name:7`. */
  readonly mapped: () => Promise<ReadonlySet<string>>;
}

/** What was deleted. */
export interface Pruned {
  /** Function versions, the oldest first. */
  readonly versions: readonly string[];
  readonly freedBytes: number;
  /** Older ones that something needs. */
  readonly stays: readonly Kept[];
  /** That AWS keeps, as those with provisioned concurrency or replicas at edge locations. */
  readonly refused: readonly Kept[];
  /** Why the rest of them could not be deleted either. */
  readonly problem: Problem | null;
}

const NOTHING: PruneDecision = { goes: [], stays: [] };

/**
 * Finds the function versions that nothing needs: older than the newest `keep`, named by no alias and no weight, bound to no event
 * source mapping, and not what a rollback would go back to. One call when there are no more than `keep`.
 *
 * @throws AWS's errors, and the store's
 */
export async function prunable(pruning: Pruning, keep: number): Promise<PruneDecision> {
  const { caller, upcoming, environment } = pruning;
  const versions = await readVersions(caller);
  const rest = Math.max(0, keep - upcoming);
  if (beyond(versions, rest).length === 0) return NOTHING;
  const [aliases, needed] = await Promise.all([readAliases(caller), neededOf(pruning)]);
  const first = decidePrune(versions, { keep: rest, aliases, mapped: new Set(), needed });
  if (first.goes.length === 0) return first;
  const { target: name } = recordPlace(environment, caller.target);
  const all = await pruning.mapped();
  const mapped = new Set(versions.map(({ version }) => version).filter((each) => all.has(`${name}:${each}`)));
  return decidePrune(versions, { keep: rest, aliases, mapped, needed });
}

/** What the newest deployment brought, and what a rollback would bring back. */
async function neededOf(pruning: Pruning): Promise<ReadonlyMap<string, string>> {
  const { caller, environment, deployments, needed, upcoming } = pruning;
  const found = new Map(needed);
  if (deployments === null) return found;
  const summary = await deployments.newestLive(recordPlace(environment, caller.target));
  if (summary === null) return found;
  const { version, predecessor } = await deployments.read(summary);
  if (version !== null) found.set(version, "it was deployed last");
  // Once another version is live, a rollback goes back to what is live now.
  if (upcoming === 0 && predecessor?.version != null)
    found.set(predecessor.version, "a rollback would go back to it");
  return found;
}

/**
 * Deletes the function versions that nothing needs, one after the other, so that never more than one of these calls waits among
 * those of deployments. What AWS keeps, or refuses, is part of the answer.
 *
 * @throws errors of reading
 */
export async function pruneVersions(pruning: Pruning, keep: number): Promise<Pruned> {
  const { goes, stays } = await prunable(pruning, keep);
  const deleted: FunctionVersion[] = [];
  const refused: Kept[] = [];
  let problem: Problem | null = null;
  for (const each of goes) {
    if (pruning.context.signal.aborted) break;
    const deletion = await deleteVersion(pruning.caller, each.version);
    if (deletion.kind === "deleted") deleted.push(each);
    if (deletion.kind === "kept") refused.push({ version: each.version, why: deletion.problem.message });
    if (deletion.kind === "stopped") {
      problem = deletion.problem;
      break;
    }
  }
  return {
    versions: deleted.map(({ version }) => version),
    freedBytes: bytesOf(deleted),
    stays,
    refused,
    problem,
  };
}

/** What versions take of the code storage. */
export function bytesOf(versions: readonly FunctionVersion[]): number {
  return versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

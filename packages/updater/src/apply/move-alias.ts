import type { SluiceError } from "@sluice/core";
import { aliasMovedLate } from "../errors.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { getFunction } from "../plan/read-function.ts";
import { aliasConflict, getAlias, isMovable, writeAlias } from "../traffic/alias.ts";
import { hasWeights } from "../traffic/alias-state.ts";
import { freeAlias } from "../traffic/clear-the-way.ts";
import { describe } from "./describe.ts";
import { type Landed, type TargetRun, updatedTo } from "./target-run.ts";
import { noteWeights } from "./weights.ts";

/**
 * Milliseconds from sending the code within which no other run of Sluice is expected to have moved the alias. Who planned before
 * this run's code arrived is refused by its RevisionId. Who planned after must read twice, update (which Lambda refuses until
 * this run's update is done), wait 0.6 s for its first poll, poll, and only then moves the alias: on AWS that takes longer.
 *
 * What remains: who does not wait so (a hand, another tool, a run on an endpoint that answers within milliseconds, from about
 * 0.7 s on) is not noticed when it moves the alias within this time and before this run does.
 */
const UNDISTURBED_MS = 1_500;

/**
 * Moves the target's alias to a function version, for all calls at once, and writes where the code comes from into its description.
 *
 * Where `plan` has read the alias (nobody else tells which commit is live; or `$LATEST` had other code than callers, which a deployment
 * under way leaves so), it is moved only as long as nobody has touched it since, by its RevisionId: who did may be the newer one.
 *
 * Else, whoever took long, had to look twice or had a call sent again may have been overtaken. So the alias is read first then, and
 * moved only from where `plan` saw callers, and never back from a higher function version. When it was the move itself that took
 * long, what is there is read afterwards: too late to prevent it, and in time to say so.
 *
 * Weights that are seen before the move are taken away with it when they are those of Sluice's own rollout of this version, and
 * waited for when they are another's. Those that nobody had reason to look for are told afterwards.
 *
 * @param sentAt - when the code was sent; `null` when it was found there, so that nobody knows since when
 * @returns `conflict` when this run was overtaken all the same
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_ALIAS_VANISHED, SLUICE_ALIAS_WEIGHTED
 */
export async function moveAlias(run: TargetRun, version: string, sentAt: number | null): Promise<Landed> {
  const { alias } = run.seen;
  const guarded = alias?.revisionId != null;
  const looks = hasWeights(alias) || (!guarded && mayBeOvertaken(run, sentAt));
  const known = looks ? await freeAlias(run, version) : alias;
  if (known?.version === version && !hasWeights(known)) return updatedTo(version, "");
  if (known !== null && !(await isMovable(run, known, version))) throw aliasConflict(run, known);
  const now = await move(run, version, known);
  const landed = updatedTo(version, noteWeights(run, now.weights));
  return !looks && !guarded && mayBeOvertaken(run, sentAt) ? lookBack(run, version, landed) : landed;
}

/** One UpdateAlias: all calls to a version, in one step whatever was there before. */
export function move(run: TargetRun, version: string, known: ObservedAlias | null): Promise<ObservedAlias> {
  run.step(`moving alias ${run.target.alias} to ${version}`);
  const weights = hasWeights(known) ? {} : null;
  return writeAlias(run, known, { version, weights, description: describe(run.artifact.manifest) });
}

function mayBeOvertaken({ context, trace }: TargetRun, sentAt: number | null): boolean {
  return sentAt === null || trace.retried || context.now() - sentAt >= UNDISTURBED_MS;
}

/** After a move that took long: whether `$LATEST` and the alias are still this run's. */
async function lookBack(run: TargetRun, version: string, landed: Landed): Promise<Landed> {
  run.step("reading again");
  const latest = await getFunction(run);
  const alias = await getAlias(run, version);
  if (alias.version !== version) return overtaken(aliasConflict(run, alias), alias.version);
  if (latest.codeSha256 === run.artifact.manifest.codeSha256) return landed;
  return overtaken(aliasMovedLate(run.target, version, latest), version);
}

function overtaken(error: SluiceError, version: string | null): Landed {
  return { outcome: "conflict", version, reason: error.message, error: error.problems[0] };
}

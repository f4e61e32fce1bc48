import type { LambdaApi } from "@sluice/aws";
import type { SluiceError } from "@sluice/core";
import { call, failureClass } from "./call.ts";
import { describe } from "./describe.ts";
import { aliasMovedLate, aliasVanished, targetConflict } from "./errors.ts";
import { getFunction } from "./read-function.ts";
import { type Landed, type TargetRun, updatedTo } from "./target-run.ts";
import { noteWeights, type Weights } from "./weights.ts";

/**
 * Milliseconds from sending the code within which no other run of Sluice is expected to have moved the alias. Who planned before
 * this run's code arrived is refused by its RevisionId. Who planned after must read twice, update (which Lambda refuses until
 * this run's update is done), wait 0.6 s for its first poll, poll, and only then moves the alias: on AWS that takes longer.
 *
 * What remains: who does not wait so (a hand, another tool, a run on an endpoint that answers within milliseconds, from about
 * 0.7 s on) is not noticed when it moves the alias within this time and before this run does.
 */
const UNDISTURBED_MS = 1_500;

interface AliasState {
  readonly version: string | null;
  readonly revisionId: string | null;
  readonly weights: Weights;
}

/**
 * Moves the target's alias to a function version and writes where the code comes from into its description.
 *
 * Whoever took long, had to look twice or had a call sent again may have been overtaken. So the alias is read first then, and
 * moved only from where `plan` saw it, and never back from a higher function version. When it was the move itself that took
 * long, what is there is read afterwards: too late to prevent it, and in time to say so.
 *
 * @param sentAt - when the code was sent; `null` when it was found there, so that nobody knows since when
 * @returns `conflict` when this run was overtaken all the same
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_ALIAS_VANISHED
 */
export async function moveAlias(run: TargetRun, version: string, sentAt: number | null): Promise<Landed> {
  const guarded = mayBeOvertaken(run, sentAt);
  const known = guarded ? await getAlias(run, version) : null;
  if (known?.version === version) return updatedTo(version, noteWeights(run, known.weights));
  if (known !== null && (!standsAsSeen(run, known) || isHigher(known.version, version)))
    throw conflict(run, known);
  run.step(`moving alias ${run.target.alias} to ${version}`);
  const weights = await move(run, version, known);
  const landed = updatedTo(version, noteWeights(run, weights));
  return !guarded && mayBeOvertaken(run, sentAt) ? lookBack(run, version, landed) : landed;
}

function mayBeOvertaken({ context, trace }: TargetRun, sentAt: number | null): boolean {
  return sentAt === null || trace.retried || context.now() - sentAt >= UNDISTURBED_MS;
}

/** A function version's number never goes down, so the higher one was published later. */
const isHigher = (version: string | null, than: string): boolean => Number(version) > Number(than);

async function move(run: TargetRun, version: string, known: AliasState | null): Promise<Weights> {
  try {
    return await updateAlias(run, version, known?.revisionId ?? null);
  } catch (error) {
    const kind = failureClass(error);
    if (kind === "absent") throw await goneProblem(run, version, error);
    if (kind !== "precondition" && kind !== "conflict") throw error;
    // Our own move whose answer was lost is refused the second time.
    const now = await getAlias(run, version);
    if (now.version !== version) throw conflict(run, now);
    return now.weights;
  }
}

/** After a move that took long: whether `$LATEST` and the alias are still this run's. */
async function lookBack(run: TargetRun, version: string, landed: Landed): Promise<Landed> {
  run.step("reading again");
  const latest = await getFunction(run);
  const alias = await getAlias(run, version);
  if (alias.version !== version) return overtaken(conflict(run, alias), alias.version);
  if (latest.codeSha256 === run.artifact.manifest.codeSha256) return landed;
  return overtaken(aliasMovedLate(run.target, version, latest), version);
}

function overtaken(error: SluiceError, version: string | null): Landed {
  return { outcome: "conflict", version, reason: error.message, error: error.problems[0] };
}

async function updateAlias(run: TargetRun, version: string, revisionId: string | null): Promise<Weights> {
  const input = {
    FunctionName: run.target.target,
    Name: run.target.alias ?? "",
    FunctionVersion: version,
    Description: describe(run.artifact.manifest),
    ...(revisionId === null ? {} : { RevisionId: revisionId }),
  };
  return weightsOf(await call(run, "UpdateAlias", (lambda, calls) => lambda.updateAlias(input, calls)));
}

async function getAlias(run: TargetRun, version: string): Promise<AliasState> {
  const input = { FunctionName: run.target.target, Name: run.target.alias ?? "" };
  try {
    const answer = await call(run, "GetAlias", (lambda, calls) => lambda.getAlias(input, calls));
    const { FunctionVersion: found = null, RevisionId: revisionId = null } = answer;
    return { version: found, revisionId, weights: weightsOf(answer) };
  } catch (error) {
    throw failureClass(error) === "absent" ? await goneProblem(run, version, error) : error;
  }
}

const weightsOf = (answer: Awaited<ReturnType<LambdaApi["getAlias"]>>): Weights =>
  answer.RoutingConfig?.AdditionalVersionWeights ?? {};

const standsAsSeen = (run: TargetRun, now: AliasState): boolean =>
  (now.version === "$LATEST" ? null : now.version) === run.previousVersion;

/** ResourceNotFoundException about an alias: whether the alias is gone, or the function with it. */
async function goneProblem(run: TargetRun, version: string, error: unknown): Promise<unknown> {
  try {
    await getFunction(run);
    return aliasVanished(run.target, version);
  } catch (second) {
    return failureClass(second) === "absent" ? second : error;
  }
}

function conflict(run: TargetRun, now: AliasState): SluiceError {
  return targetConflict(run.target, `alias ${run.target.alias} now stands on ${now.version}`);
}

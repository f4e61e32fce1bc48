import { call, failureClass } from "./call.ts";
import { describe } from "./describe.ts";
import { aliasVanished, targetConflict } from "./errors.ts";
import { getFunction } from "./read-function.ts";
import type { TargetRun } from "./target-run.ts";

interface AliasState {
  readonly version: string | null;
  readonly revisionId: string | null;
}

/**
 * Moves the target's alias to a function version and writes where the code comes from into its description.
 *
 * @param guarded - read the alias first, and refuse when it is not where `plan` saw it. One call more, for whoever took so long
 *   or had to look twice that another run may have finished meanwhile.
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_ALIAS_VANISHED
 */
export async function moveAlias(run: TargetRun, version: string, guarded: boolean): Promise<void> {
  const known = guarded ? await getAlias(run, version) : null;
  if (known?.version === version) return;
  if (known !== null && !standsAsSeen(run, known)) throw conflict(run, known);
  run.step(`moving alias ${run.target.alias} to ${version}`);
  try {
    await updateAlias(run, version, known?.revisionId ?? null);
  } catch (error) {
    const kind = failureClass(error);
    if (kind === "absent") throw await goneProblem(run, version, error);
    if (kind !== "precondition" && kind !== "conflict") throw error;
    // Our own move whose answer was lost is refused the second time.
    const now = await getAlias(run, version);
    if (now.version !== version) throw conflict(run, now);
  }
}

async function updateAlias(run: TargetRun, version: string, revisionId: string | null): Promise<void> {
  const input = {
    FunctionName: run.target.target,
    Name: run.target.alias ?? "",
    FunctionVersion: version,
    Description: describe(run.artifact.manifest),
    ...(revisionId === null ? {} : { RevisionId: revisionId }),
  };
  await call(run, "UpdateAlias", (lambda, calls) => lambda.updateAlias(input, calls));
}

async function getAlias(run: TargetRun, version: string): Promise<AliasState> {
  const input = { FunctionName: run.target.target, Name: run.target.alias ?? "" };
  try {
    const answer = await call(run, "GetAlias", (lambda, calls) => lambda.getAlias(input, calls));
    return { version: answer.FunctionVersion ?? null, revisionId: answer.RevisionId ?? null };
  } catch (error) {
    throw failureClass(error) === "absent" ? await goneProblem(run, version, error) : error;
  }
}

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

function conflict(run: TargetRun, now: AliasState): Error {
  return targetConflict(run.target, `alias ${run.target.alias} now stands on ${now.version}`);
}

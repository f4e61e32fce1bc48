import { call, failureClass } from "./call.ts";
import { describe } from "./describe.ts";
import { codeConflict } from "./errors.ts";
import { findVersion } from "./find-version.ts";
import { type FunctionState, functionState } from "./observed.ts";
import { getFunction } from "./read-function.ts";
import type { TargetRun } from "./target-run.ts";

/**
 * Publishes `$LATEST` if it still has the artifact's code: PublishVersion, guarded by CodeSha256 and RevisionId.
 *
 * @returns the function version, which may be `Pending` still
 * @throws SLUICE_TARGET_CONFLICT when the code is another meanwhile
 */
export async function publish(run: TargetRun, latest: FunctionState): Promise<FunctionState> {
  const { manifest } = run.artifact;
  const input = {
    FunctionName: run.target.target,
    CodeSha256: manifest.codeSha256,
    Description: describe(manifest),
    ...(latest.revisionId === null ? {} : { RevisionId: latest.revisionId }),
  };
  run.step("publishing");
  try {
    return functionState(
      await call(run, "PublishVersion", (lambda, calls) => lambda.publishVersion(input, calls)),
    );
  } catch (error) {
    return await publishedMeanwhile(run, error);
  }
}

/** The newest function version, if it has this code, which a lost answer or another run with the same artifact may have left. */
export async function publishedAlready(run: TargetRun): Promise<FunctionState | null> {
  const version = run.seen.published ?? (await findVersion(run, run.artifact.manifest.codeSha256));
  return version === null ? null : getFunction(run, version);
}

async function publishedMeanwhile(run: TargetRun, error: unknown): Promise<FunctionState> {
  if (["absent", "denied", "expired", "no-credentials"].includes(failureClass(error) ?? "")) throw error;
  const version = await findVersion(run, run.artifact.manifest.codeSha256);
  if (version !== null) return getFunction(run, version);
  const now = await getFunction(run);
  if (now.codeSha256 === run.artifact.manifest.codeSha256) throw error;
  throw codeConflict(run.target, now);
}

import { call, failureClass, wasRefused } from "../call.ts";
import { codeConflict } from "../errors.ts";
import { findVersion } from "../plan/find-version.ts";
import { type FunctionState, functionState } from "../plan/observed.ts";
import { getFunction } from "../plan/read-function.ts";
import { describe } from "./describe.ts";
import type { TargetRun } from "./target-run.ts";
import { waitUntilReady } from "./wait.ts";

/**
 * Publishes `$LATEST` if it still has the artifact's code: PublishVersion, guarded by CodeSha256 and RevisionId. One more attempt
 * is made when a RevisionId was refused that only a change of the configuration made old.
 *
 * @returns the function version, which may be `Pending` still
 * @throws SLUICE_TARGET_CONFLICT when the code is another meanwhile
 */
export async function publish(run: TargetRun, latest: FunctionState): Promise<FunctionState> {
  run.step("publishing");
  try {
    return await publishVersion(run, latest);
  } catch (error) {
    const { published, now } = await publishedMeanwhile(run, error);
    if (published !== null) return published;
    if (!wasRefused(error)) throw error;
    return await publishVersion(run, (await waitUntilReady(run, now)).state);
  }
}

async function publishVersion(run: TargetRun, { revisionId }: FunctionState): Promise<FunctionState> {
  const { manifest, image } = run.artifact;
  const input = {
    FunctionName: run.target.target,
    // Documented for deployment packages alone; an image is guarded by the revision.
    ...(image === undefined ? { CodeSha256: manifest.codeSha256 } : {}),
    Description: describe(manifest),
    ...(revisionId === null ? {} : { RevisionId: revisionId }),
  };
  return functionState(
    await call(run, "PublishVersion", (lambda, calls) => lambda.publishVersion(input, calls)),
  );
}

/** The newest function version, if it has this code, which a lost answer or another run with the same artifact may have left. */
export async function publishedAlready(run: TargetRun): Promise<FunctionState | null> {
  const version = run.seen.published ?? (await findVersion(run, run.artifact.manifest.codeSha256));
  return version === null ? null : getFunction(run, version);
}

interface Meanwhile {
  readonly published: FunctionState | null;
  /** What was read last: the published version, else `$LATEST` with the artifact's code. */
  readonly now: FunctionState;
}

async function publishedMeanwhile(run: TargetRun, error: unknown): Promise<Meanwhile> {
  if (["absent", "denied", "expired", "no-credentials"].includes(failureClass(error) ?? "")) throw error;
  const { codeSha256 } = run.artifact.manifest;
  const version = await findVersion(run, codeSha256);
  const now = await getFunction(run, version ?? undefined);
  if (version !== null) return { published: now, now };
  if (now.codeSha256 !== codeSha256) throw codeConflict(run.target, now);
  return { published: null, now };
}

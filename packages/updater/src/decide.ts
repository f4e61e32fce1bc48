import {
  type Action,
  type Artifact,
  joinErrors,
  type Problem,
  type SluiceError,
  type Target,
} from "@sluice/core";
import { packageTooLarge } from "./errors.ts";
import { fits } from "./fits.ts";
import { ATTACHED, type Attachment } from "./layers/attachment.ts";
import { layerArchitecture, layerNotAttached } from "./layers/errors.ts";
import { type FunctionState, failedUpdate, type Observed } from "./observed.ts";

export interface DecideOptions {
  /** Update although the code is the same. */
  readonly force: boolean;
  /** Whether the zip goes in the request itself, not by way of a bucket. */
  readonly directUpload: boolean;
  /** Default: the function has what its new code counts on, or that counts on no layers. */
  readonly attachment?: Attachment;
}

export interface Decision {
  readonly action: Action;
  readonly reason: string;
  readonly error: Problem | null;
}

/** AWS's limit for a zip in the request (Lambda quotas: "50 MB (zipped, for direct upload)"). */
export const DIRECT_UPLOAD_BYTES: number = 52_428_800;

/** Decides what to do with a target. Pure: the same observation and artifact give the same decision. */
export function decide(
  observed: Observed,
  artifact: Artifact,
  target: Target,
  options: DecideOptions,
): Decision {
  if (observed.kind === "absent") return decision("absent", "the function does not exist");
  if (observed.kind === "unreadable")
    return decision("fail", "the function could not be read", observed.problem);
  const { live, latest, aliasExists, published, unpublished } = observed;
  const { codeSha256 } = artifact.manifest;
  const { attachment = ATTACHED } = options;
  const sameCode = live.codeSha256 === codeSha256;
  const isDone = sameCode && attachment.kind === "attached";
  if (isDone && !options.force && !failedUpdate(live) && !unpublished) return decision("none", "unchanged");
  const actual = latest ?? live;
  const misfit = joinErrors(misfits(target, actual, artifact, options));
  if (misfit !== undefined) return refusal(misfit);
  if (attachment.kind === "missing") {
    const [problem] = layerNotAttached(target, attachment.layers).problems;
    return decision("fail", problem.message, problem);
  }
  // A function version with this code may be there, with the layers of its time.
  if (attachment.kind === "behind") return decision("update", sameCode ? "layers changed" : "code changed");
  if (aliasExists && actual.codeSha256 === codeSha256 && !options.force && !failedUpdate(actual)) {
    const stands = `alias ${target.alias} stands on ${live.version}`;
    return decision(
      "move-alias",
      published === null ? `${stands}, this code is not published` : `${stands}, this code is ${published}`,
    );
  }
  if (!sameCode) return decision("update", "code changed");
  if (unpublished && !options.force && !failedUpdate(actual)) {
    return decision("update", "this code is not published");
  }
  return decision("update", options.force ? "forced" : "the last update failed");
}

function misfits(
  target: Target,
  actual: FunctionState,
  artifact: Artifact,
  options: DecideOptions,
): readonly SluiceError[] {
  const found = [...fits(target, actual, artifact.manifest), ...layerMisfits(target, actual, artifact)];
  const tooLarge = options.directUpload && artifact.manifest.sizeBytes > DIRECT_UPLOAD_BYTES;
  return tooLarge ? [...found, packageTooLarge(target, artifact.manifest, DIRECT_UPLOAD_BYTES)] : found;
}

/** Machine code in a layer is for the function as much as its own. */
function layerMisfits(target: Target, actual: FunctionState, { layers = [] }: Artifact): SluiceError[] {
  return layers
    .filter(({ manifest }) => !manifest.compatibleArchitectures.includes(actual.architecture))
    .map((layer) => layerArchitecture(target, actual.architecture, layer));
}

const decision = (action: Action, reason: string, error: Problem | null = null): Decision => ({
  action,
  reason,
  error,
});

/** A change has room for one problem: the first one's code and place, with the messages and hints of all. */
function refusal({ problems }: SluiceError): Decision {
  const message = problems.map((problem) => problem.message).join(" ");
  const hint = problems.map((problem) => problem.hint).join(" ");
  return decision("refuse", message, { ...problems[0], message, hint });
}

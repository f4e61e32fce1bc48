import {
  type Action,
  type Artifact,
  joinErrors,
  type Problem,
  type SluiceError,
  type Target,
} from "@sluice/core";
import { functionFailed, packageTooLarge } from "../errors.ts";
import { ATTACHED, type Attachment } from "../layers/attachment.ts";
import { layerArchitecture, layerNotAttached } from "../layers/errors.ts";
import { decideRollout, type RolloutDecision } from "../traffic/rollout.ts";
import { fits } from "./fits.ts";
import { type FunctionState, failedUpdate, type Observed } from "./observed.ts";

export interface DecideOptions {
  /** Update although the code is the same. */
  readonly force: boolean;
  /** Whether the zip goes in the request itself, not by way of a bucket. */
  readonly directUpload: boolean;
  /** Whether a missing alias is made. Default `false`. */
  readonly createAlias?: boolean;
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
  const { live, latest } = observed;
  const { attachment = ATTACHED } = options;
  const about: About = {
    ...observed,
    target,
    options,
    attachment,
    actual: latest ?? live,
    sameCode: live.codeSha256 === artifact.manifest.codeSha256,
    rollout: decideRollout(observed.alias, options.force ? null : observed.published),
    creates: options.createAlias === true && target.alias !== null && !observed.aliasExists,
  };
  if (isDone(about)) return live.state === "Failed" ? unusable(target, live) : settled(about);
  const misfit = joinErrors(misfits(target, about.actual, artifact, options));
  if (misfit !== undefined) return refusal(misfit);
  if (attachment.kind === "missing") {
    const [problem] = layerNotAttached(target, attachment.layers).problems;
    return decision("fail", problem.message, problem);
  }
  return change(about, artifact.manifest.codeSha256);
}

/** What a decision is about: what was observed, and what it comes to. */
interface About extends Omit<Extract<Observed, { kind: "present" }>, "kind"> {
  readonly target: Target;
  readonly options: DecideOptions;
  readonly attachment: Attachment;
  /** What is updated. */
  readonly actual: FunctionState;
  readonly sameCode: boolean;
  readonly rollout: RolloutDecision;
  /** Whether the alias is made. */
  readonly creates: boolean;
}

function isDone({ live, sameCode, options, attachment, unpublished }: About): boolean {
  return sameCode && attachment.kind === "attached" && !options.force && !failedUpdate(live) && !unpublished;
}

/** Saying that nothing has to be done would hide that nothing works. */
function unusable(target: Target, live: FunctionState): Decision {
  const [problem] = functionFailed(target, live).problems;
  return decision("fail", problem.message, problem);
}

/** Callers have the code: what remains is an alias that is missing, or that still sends some of them elsewhere. */
function settled({ target, rollout, creates }: About): Decision {
  if (creates) return decision("move-alias", `alias ${target.alias} is created`);
  return rollout.kind === "undo" ? decision("move-alias", rollout.reason) : decision("none", "unchanged");
}

function change(about: About, codeSha256: string): Decision {
  const { actual, options, rollout } = about;
  if (about.attachment.kind !== "behind" && about.aliasExists) {
    const isThere = actual.codeSha256 === codeSha256 && !options.force && !failedUpdate(actual);
    if (isThere) return decision("move-alias", rollout.kind === "resume" ? rollout.reason : behind(about));
  }
  return decision("update", withNotes(about, updateReason(about)));
}

/** A function version with this code may be there, with the layers of its time. */
function updateReason({ attachment, sameCode, unpublished, actual, options }: About): string {
  if (attachment.kind === "behind") return sameCode ? "layers changed" : "code changed";
  if (!sameCode) return "code changed";
  if (unpublished && !options.force && !failedUpdate(actual)) return "this code is not published";
  return options.force ? "forced" : "the last update failed";
}

function behind(about: About): string {
  const { target, live, published } = about;
  const stands = `alias ${target.alias} stands on ${live.version}`;
  const code = published === null ? "this code is not published" : `this code is ${published}`;
  return withNotes(about, isBroken(about) ? code : `${stands}, ${code}`);
}

/** The alias stands on a function version that was deleted: callers get an error. */
const isBroken = ({ live, aliasExists }: About): boolean => aliasExists && live.codeSha256 === null;

/** What else is found about the alias, and done about it. */
function withNotes(about: About, reason: string): string {
  const { target, live, rollout, creates } = about;
  return [
    ...(isBroken(about) ? [`alias ${target.alias} stands on ${live.version}, which is deleted`] : []),
    reason,
    ...(live.state === "Failed" ? ["what is live is in the state Failed"] : []),
    ...(rollout.kind === "none" ? [] : [rollout.reason]),
    ...(creates ? [`alias ${target.alias} is created`] : []),
  ].join("; ");
}

function misfits(
  target: Target,
  actual: FunctionState,
  artifact: Artifact,
  options: DecideOptions,
): readonly SluiceError[] {
  const found = [
    ...fits(target, actual, artifact.manifest, artifact.image),
    ...layerMisfits(target, actual, artifact),
  ];
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

import type { CallCounter } from "@sluice/aws";
import { call, failureClass, wasRefused } from "../call.ts";
import { codeConflict, codeShaMismatch } from "../errors.ts";
import { type FunctionCode, imageUri } from "../images/image-uri.ts";
import { fits } from "../plan/fits.ts";
import { type FunctionState, functionState } from "../plan/observed.ts";
import { getFunction } from "../plan/read-function.ts";
import type { TargetRun } from "./target-run.ts";
import { waitWhileBusy } from "./wait.ts";

/** `$LATEST` has the artifact's code. */
export interface Updated {
  readonly state: FunctionState;
  /**
   * Milliseconds since the epoch when the code was sent. `null` when it was found there after a failed attempt: then it came by
   * an attempt whose answer was lost, or by another run with the same artifact, and which function version has it is not known.
   */
  readonly sentAt: number | null;
}

/**
 * Brings the artifact's code to `$LATEST`, guarded by the RevisionId that `plan` saw.
 *
 * After a refusal or a lost answer it looks first at what is there now, and never sends blindly twice. One more attempt is
 * made only when nobody changed the code meanwhile.
 *
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_CODE_SHA_MISMATCH, and AWS's errors
 */
export async function updateCode(run: TargetRun, seen: FunctionState): Promise<Updated> {
  const expected = await unbusy(run, seen);
  const work = (): Promise<Updated> => sendCode(run, seen, expected);
  return run.sending === undefined ? work() : run.sending(work);
}

async function sendCode(run: TargetRun, seen: FunctionState, expected: FunctionState): Promise<Updated> {
  const { image } = run.artifact;
  const code = image === undefined ? await run.codeOf() : { ImageUri: imageUri(image, run.target.region) };
  try {
    return await send(run, expected, code);
  } catch (error) {
    const now = await lookAgain(run, error);
    if (hasArrived(run, now, expected, error)) return { state: now, sentAt: null };
    if (!wasRefused(error)) throw error;
    if (!isAsSeen(run, now, seen)) throw codeConflict(run.target, now);
    return await sendAgain(run, now, code);
  }
}

async function sendAgain(run: TargetRun, expected: FunctionState, code: FunctionCode): Promise<Updated> {
  try {
    return await send(run, expected, code);
  } catch (error) {
    const now = await lookAgain(run, error);
    if (hasArrived(run, now, expected, error)) return { state: now, sentAt: null };
    throw wasRefused(error) ? codeConflict(run.target, now, error as Error) : error;
  }
}

/** While an update is under way Lambda takes no other: waits, and makes sure that it did not bring other code. */
async function unbusy(run: TargetRun, seen: FunctionState): Promise<FunctionState> {
  const { state, polls } = await waitWhileBusy(run, seen);
  if (polls > 0 && state.codeSha256 !== seen.codeSha256) throw codeConflict(run.target, state);
  return state;
}

async function send(run: TargetRun, expected: FunctionState, code: FunctionCode): Promise<Updated> {
  const { artifact, settings, target } = run;
  run.step("updating");
  const input = {
    FunctionName: target.target,
    Publish: !settings.describeVersions,
    ...(expected.revisionId === null ? {} : { RevisionId: expected.revisionId }),
    ...code,
  };
  const sends: number[] = [];
  const onSend = (): void => {
    sends.push(run.context.now());
  };
  const answer = await call(run, "UpdateFunctionCode", (lambda, calls) =>
    lambda.updateFunctionCode(input, tellingSends(calls, onSend)),
  );
  const state = functionState(answer);
  // An emulator may not tell which image it took; reading the function does.
  const isUntold = artifact.image !== undefined && state.codeSha256 === null;
  if (!isUntold && state.codeSha256 !== artifact.manifest.codeSha256) {
    throw codeShaMismatch(target, state.codeSha256, artifact.manifest);
  }
  return { state, sentAt: sends[0] ?? run.context.now() };
}

/** A counter that tells of each request that is counted: that is when its quota lets it through, after a wait of any length. */
function tellingSends(calls: CallCounter, onSend: () => void): CallCounter {
  return new Proxy(calls, {
    set: (target, operation, count) => {
      onSend();
      return Reflect.set(target, operation, count);
    },
  });
}

/** Failures after which the update may have happened all the same, or was refused for what another did. */
const UNCLEAR: ReadonlySet<string | null> = new Set([
  "precondition",
  "conflict",
  "throttled",
  "unreachable",
  "service",
  "unknown",
]);

/** `$LATEST` as it is after a failed attempt, with no update under way. Failures that leave no doubt go on as they are. */
async function lookAgain(run: TargetRun, error: unknown): Promise<FunctionState> {
  if (!UNCLEAR.has(failureClass(error))) throw error;
  run.step("reading again");
  try {
    return (await waitWhileBusy(run, await getFunction(run))).state;
  } catch (second) {
    // What stopped the update says more than that reading failed too.
    throw failureClass(second) === "absent" || failureClass(second) === null ? second : error;
  }
}

/**
 * Whether `$LATEST` has the artifact's code by the attempt that failed, or by another run. When it had that code before, only
 * another RevisionId tells of an update; and not that either where the only attempt was refused for another's change.
 */
function hasArrived(run: TargetRun, now: FunctionState, before: FunctionState, error: unknown): boolean {
  const ours = run.artifact.manifest.codeSha256;
  if (now.codeSha256 !== ours) return false;
  if (before.codeSha256 !== ours) return true;
  if (wasRefused(error) && !run.trace.retried) return false;
  return now.revisionId !== before.revisionId;
}

/** Somebody may have changed the configuration: that is no conflict for who only brings code, as long as it still fits. */
function isAsSeen(run: TargetRun, now: FunctionState, seen: FunctionState): boolean {
  const { manifest, image, layers = [] } = run.artifact;
  const sameLayers = layers.length === 0 || now.layers.join(" ") === seen.layers.join(" ");
  return (
    now.codeSha256 === seen.codeSha256 && sameLayers && fits(run.target, now, manifest, image).length === 0
  );
}

import { isSluiceError } from "@sluice/core";
import { type Caller, call, failureClass } from "./call.ts";
import { findVersion } from "./find-version.ts";
import { type FunctionState, failedUpdate, functionState, type Observed } from "./observed.ts";

/**
 * One GetFunction. It has a quota of its own (100/s), which GetFunctionConfiguration has not.
 *
 * @param qualifier - alias or function version; without one, `$LATEST`
 */
export async function getFunction(caller: Caller, qualifier?: string): Promise<FunctionState> {
  const input = {
    FunctionName: caller.target.target,
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
  };
  const answer = await call(caller, "GetFunction", (lambda, calls) => lambda.getFunction(input, calls));
  return functionState(answer.Configuration ?? {});
}

/**
 * Reads what a decision about a target needs, and no more: one call when the alias, or `$LATEST` without one, has the
 * artifact's code already.
 */
export async function readFunction(caller: Caller, codeSha256: string, force: boolean): Promise<Observed> {
  try {
    const { alias } = caller.target;
    const live = alias === null ? null : await unlessAbsent(getFunction(caller, alias));
    if (live !== null && live.codeSha256 === codeSha256 && !force && !failedUpdate(live)) {
      return { ...latestOnly(live), latest: null, aliasExists: true };
    }
    const latest = await unlessAbsent(getFunction(caller));
    if (latest === null) return { kind: "absent" };
    if (live === null) return latestOnly(latest);
    const lookUp = latest.codeSha256 === codeSha256 && !force;
    const published = lookUp ? await findVersion(caller, codeSha256) : null;
    return { ...latestOnly(latest), live, aliasExists: true, published };
  } catch (error) {
    return unreadable(error);
  }
}

/** A function without the environment's alias: callers get `$LATEST`. */
export function latestOnly(latest: FunctionState): Present {
  return {
    kind: "present",
    live: latest,
    latest,
    aliasExists: false,
    alias: null,
    published: null,
    unpublished: false,
  };
}

type Present = Extract<Observed, { kind: "present" }>;

/** Looks whether `$LATEST`, when it is live and has the code, was published with it: one call more. */
export async function lookForVersion(
  caller: Caller,
  codeSha256: string,
  observed: Observed,
): Promise<Observed> {
  if (observed.kind !== "present" || observed.aliasExists) return observed;
  if (observed.live.codeSha256 !== codeSha256 || failedUpdate(observed.live)) return observed;
  try {
    const published = await findVersion(caller, codeSha256);
    return { ...observed, published, unpublished: published === null };
  } catch (error) {
    return unreadable(error);
  }
}

/** Only ResourceNotFoundException means that there is none. */
export async function unlessAbsent(reading: Promise<FunctionState>): Promise<FunctionState | null> {
  try {
    return await reading;
  } catch (error) {
    if (failureClass(error) === "absent") return null;
    throw error;
  }
}

/** What stops one target is noted; what stops all (no credentials, no endpoint, an interruption) is thrown. */
export function unreadable(error: unknown): Observed {
  if (!isSluiceError(error) || error.problems[0].kind !== "target") throw error;
  return { kind: "unreadable", problem: error.problems[0] };
}

import { isSluiceError } from "@sluice/core";
import { type Caller, call, failureClass } from "./call.ts";
import { findVersion } from "./find-version.ts";
import {
  type FunctionState,
  failedUpdate,
  functionState,
  imageDigest,
  type Observed,
  type ObservedAlias,
} from "./observed.ts";
import { aliasState } from "./traffic/alias-state.ts";

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
  const state = functionState(answer.Configuration ?? {});
  // The image that the function runs, whatever the emulator puts into CodeSha256.
  const image = imageDigest(answer.Code?.ResolvedImageUri);
  return image === null ? state : { ...state, codeSha256: image };
}

/** One GetAlias, of the quota that writes have too; `null` when there is none. */
export async function readAlias(caller: Caller, alias: string): Promise<ObservedAlias | null> {
  const input = { FunctionName: caller.target.target, Name: alias };
  const answer = await unlessAbsent(
    call(caller, "GetAlias", (lambda, calls) => lambda.getAlias(input, calls)),
  );
  return answer && aliasState(answer);
}

/** What callers get by an alias; `null` when there is no such alias, or no such function. */
export function readLive(caller: Caller, alias: string): Promise<FunctionState | null> {
  return unlessAbsent(getFunction(caller, alias));
}

/** What was read of a target already. */
export interface Seen {
  /** By the alias; `null` without one. */
  readonly live: FunctionState | null;
  /** `$LATEST` out of a list; `null` when it was on none. */
  readonly listed: FunctionState | null;
}

/** What a target is read for. */
export interface Wanted {
  /** The artifact's, as AWS spells it. */
  readonly codeSha256: string;
  readonly force: boolean;
  /** Whether shares of the alias's calls may be on their way to another version by Sluice itself. */
  readonly traffic: boolean;
}

/** Whether callers have the artifact's code, so that nothing more has to be read. */
export function hasCode(live: FunctionState, { codeSha256, force }: Wanted): boolean {
  return live.codeSha256 === codeSha256 && !force && !failedUpdate(live);
}

/** Reads what a decision needs beyond what was seen already, and no more. */
export async function completeRead(caller: Caller, wanted: Wanted, seen: Seen): Promise<Observed> {
  const { live } = seen;
  if (live !== null && hasCode(live, wanted)) return unchangedRead(caller, wanted, live, seen.listed);
  const latest = await readLatest(caller, wanted, seen);
  if (latest === null) return { kind: "absent" };
  const { alias: name } = caller.target;
  if (name === null) return latestOnly(latest);
  if (live === null) return withoutLive(latest, await readAlias(caller, name));
  const moving = wanted.traffic || live.codeSha256 !== latest.codeSha256;
  const alias = moving ? await readAlias(caller, name) : null;
  const lookUp = latest.codeSha256 === wanted.codeSha256 && !wanted.force;
  const published = lookUp ? await findVersion(caller, wanted.codeSha256) : null;
  return { ...latestOnly(latest), live, aliasExists: true, alias, published };
}

/**
 * Callers have the code, but where Sluice moves traffic in steps, some of them may have another: the alias tells. A list spares
 * that where `$LATEST` has the code too, since a rollout begins with another.
 */
async function unchangedRead(
  caller: Caller,
  wanted: Wanted,
  live: FunctionState,
  listed: FunctionState | null,
): Promise<Observed> {
  const unchanged = { ...latestOnly(live), latest: null, aliasExists: true };
  const { alias: name } = caller.target;
  if (!wanted.traffic || name === null || listed?.codeSha256 === live.codeSha256) return unchanged;
  return { ...unchanged, alias: await readAlias(caller, name) };
}

/** A list does not tell how the last update went, which matters where an alias is to be moved to code that is there already. */
async function readLatest(
  caller: Caller,
  { codeSha256 }: Wanted,
  { live, listed }: Seen,
): Promise<FunctionState | null> {
  const enough = listed !== null && (live === null || listed.codeSha256 !== codeSha256);
  return enough ? listed : unlessAbsent(getFunction(caller));
}

/**
 * GetFunction says of an alias that stands on a deleted function version the same as of none. AWS does not let such a version be
 * deleted; an import, a restore or another implementation of its API may have left it so.
 */
function withoutLive(latest: FunctionState, alias: ObservedAlias | null): Observed {
  if (alias === null) return latestOnly(latest);
  const live = { ...latest, version: alias.version, codeSha256: null, lastUpdateStatus: null };
  return { ...latestOnly(latest), live, aliasExists: true, alias };
}

/** A function without the environment's alias: callers get `$LATEST`. */
function latestOnly(latest: FunctionState): Present {
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
  const published = await findVersion(caller, codeSha256);
  return { ...observed, published, unpublished: published === null };
}

/** Only ResourceNotFoundException means that there is none. */
export async function unlessAbsent<T>(reading: Promise<T>): Promise<T | null> {
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

import { isSluiceError } from "@sluice/core";
import { type Caller, call, failureClass } from "../call.ts";
import { aliasState } from "../traffic/alias-state.ts";
import { findVersion } from "./find-version.ts";
import {
  type FunctionState,
  failedUpdate,
  functionState,
  imageDigest,
  type Observed,
  type ObservedAlias,
} from "./observed.ts";

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
  /** `$LATEST` out of a list, which may be on its way; `null` when it was on none. */
  readonly listed: Promise<FunctionState | null>;
}

/** What a target is read for. */
export interface Wanted {
  /** The artifact's, as AWS spells it. */
  readonly codeSha256: string;
  readonly force: boolean;
  /** Whether shares of the alias's calls may be on their way to another version by Sluice itself. */
  readonly traffic: boolean;
  /** Whether nothing but the alias tells which commit is live, or keeps runs apart: then who changes the code asks for it. */
  readonly guarded: boolean;
}

/** Whether callers have the artifact's code, so that nothing more has to be read. */
export function hasCode(live: FunctionState, { codeSha256, force }: Wanted): boolean {
  return live.codeSha256 === codeSha256 && !force && !failedUpdate(live);
}

/** Reads what a decision needs beyond what was seen already, and no more; at the same time what does not depend on each other. */
export async function completeRead(caller: Caller, wanted: Wanted, seen: Seen): Promise<Observed> {
  const { live } = seen;
  if (live !== null && hasCode(live, wanted)) return unchangedRead(caller, wanted, live, seen.listed);
  const { alias: name } = caller.target;
  const asked = name !== null && live !== null && (wanted.traffic || wanted.guarded);
  const [latest, early] = await Promise.all([
    readLatest(caller, wanted, seen),
    asked ? readAlias(caller, name) : null,
  ]);
  if (latest === null) return { kind: "absent" };
  if (name === null) return latestOnly(latest);
  if (live === null) return withoutLive(latest, await readAlias(caller, name));
  const moving = !asked && live.codeSha256 !== latest.codeSha256;
  const alias = moving ? await readAlias(caller, name) : early;
  if (alias !== null && alias.version !== live.version) return movedRead(caller, wanted, latest, alias);
  return aliasedRead(caller, wanted, latest, { live, alias });
}

/** Another moved the alias after callers' code was read: what they have now is what it stands on. */
async function movedRead(
  caller: Caller,
  wanted: Wanted,
  latest: FunctionState,
  alias: ObservedAlias,
): Promise<Observed> {
  const live = await unlessAbsent(getFunction(caller, alias.version));
  if (live === null) return withoutLive(latest, alias);
  if (hasCode(live, wanted)) return { ...latestOnly(live), latest: null, aliasExists: true, alias };
  return aliasedRead(caller, wanted, latest, { live, alias });
}

async function aliasedRead(
  caller: Caller,
  { codeSha256, force }: Wanted,
  latest: FunctionState,
  found: Pick<Present, "live" | "alias">,
): Promise<Observed> {
  const lookUp = latest.codeSha256 === codeSha256 && !force;
  const published = lookUp ? await findVersion(caller, codeSha256) : null;
  return { ...latestOnly(latest), ...found, aliasExists: true, published };
}

/**
 * Callers have the code, but where Sluice moves traffic in steps, some of them may have another: the alias tells. A list spares
 * that where `$LATEST` has the code too, since a rollout begins with another.
 */
async function unchangedRead(
  caller: Caller,
  wanted: Wanted,
  live: FunctionState,
  listed: Seen["listed"],
): Promise<Observed> {
  const unchanged = { ...latestOnly(live), latest: null, aliasExists: true };
  const { alias: name } = caller.target;
  if (!wanted.traffic || name === null) return unchanged;
  if ((await listed)?.codeSha256 === live.codeSha256) return unchanged;
  return { ...unchanged, alias: await readAlias(caller, name) };
}

/** A list does not tell how the last update went, which matters where an alias is to be moved to code that is there already. */
async function readLatest(
  caller: Caller,
  { codeSha256 }: Wanted,
  { live, ...seen }: Seen,
): Promise<FunctionState | null> {
  const listed = await seen.listed;
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

import { type Caller, failureClass } from "../call.ts";
import type { FunctionState, ObservedAlias } from "../plan/observed.ts";
import { getFunction, readAlias, readLive } from "../plan/read-function.ts";

/** A function as callers get it. */
export interface LiveState {
  /** The alias's function version, else `$LATEST`. Without `codeSha256` that version was deleted, and callers get an error. */
  readonly live: FunctionState;
  readonly latest: FunctionState;
  readonly aliasExists: boolean;
  /** `null` when it was not read. */
  readonly alias: ObservedAlias | null;
}

/**
 * Reads a function: one GetFunction without an alias, two with one; `$LATEST` costs none where a list told of it.
 *
 * @param listed - `$LATEST` from a list
 * @returns `null` when there is no function
 */
export async function readState(
  caller: Caller,
  listed: FunctionState | undefined,
): Promise<LiveState | null> {
  const { alias: name } = caller.target;
  const live = name === null ? null : await readLive(caller, name);
  const latest = listed ?? (await readLatest(caller));
  if (latest === null) return null;
  if (live !== null || name === null)
    return { live: live ?? latest, latest, aliasExists: live !== null, alias: null };
  const alias = await readAlias(caller, name);
  if (alias === null) return { live: latest, latest, aliasExists: false, alias };
  const deleted = { ...latest, version: alias.version, codeSha256: null };
  return { live: deleted, latest, aliasExists: true, alias };
}

async function readLatest(caller: Caller): Promise<FunctionState | null> {
  try {
    return await getFunction(caller);
  } catch (error) {
    if (failureClass(error) === "absent") return null;
    throw error;
  }
}

import type { Aws } from "@sluice/aws";
import type { Target } from "@sluice/core";
import type { Caller } from "../call.ts";
import { accountOf, type FunctionState, type ObservedAlias } from "../plan/observed.ts";
import { getFunction, readAlias, readLive, unlessAbsent } from "../plan/read-function.ts";
import { liveDigest } from "../status/live-digest.ts";
import type { Standing, Trail } from "./trail.ts";

/** A target as a rollback finds it. */
export interface Seen {
  readonly target: Target;
  readonly aws: Aws;
  readonly caller: Caller;
  /** `null` without one: then callers get `$LATEST`. */
  readonly alias: ObservedAlias | null;
  /** What callers get; `null` when the alias points to a function version that was deleted. */
  readonly live: FunctionState | null;
  /** Its records; `null` without a store. */
  readonly trail: Trail | null;
}

/** What callers have, as records know it. */
export function standingOf({ alias, live }: Pick<Seen, "alias" | "live">): Standing {
  const version = alias?.version ?? null;
  return { version: version === "$LATEST" ? null : version, digest: liveDigest(live?.codeSha256 ?? null) };
}

/** Reads a target: two calls with an alias, one without; `null` when there is no such function. */
export async function see(
  aws: Aws,
  caller: Caller,
  trailOf: (account: string | null) => Promise<Trail | null>,
): Promise<Seen | null> {
  const { target } = caller;
  const name = target.alias;
  const [alias, atAlias] =
    name === null ? [null, null] : await Promise.all([readAlias(caller, name), readLive(caller, name)]);
  const live = alias === null ? await unlessAbsent(getFunction(caller)) : atAlias;
  if (live === null && alias === null) return null;
  const account = accountOf(live?.arn ?? null) ?? target.account;
  return { target: { ...target, account }, aws, caller, alias, live, trail: await trailOf(account) };
}

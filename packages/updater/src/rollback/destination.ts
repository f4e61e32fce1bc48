import type { DeploymentRecord } from "@sluice/artifact";
import type { Digest } from "@sluice/core";
import { type FunctionState, readiness } from "../plan/observed.ts";
import { getFunction, unlessAbsent } from "../plan/read-function.ts";
import { liveDigest } from "../status/live-digest.ts";
import { rolloutOf } from "../traffic/rollout.ts";
import { rollbackErrors } from "./errors.ts";
import { backAlready, recordedPredecessor, shown } from "./recorded.ts";
import { type Seen, standingOf } from "./seen.ts";
import type { Standing } from "./trail.ts";
import { type ListedVersion, listVersions, newestBelow } from "./version-list.ts";

/** What the command line asks for. */
export interface Wanted {
  readonly toVersion: string | null;
  readonly toDigest: Digest | null;
  /** Takes what was rejected all the same. */
  readonly force: boolean;
}

/** Where a rollback goes. */
export type Destination =
  /** The alias is moved to this function version. */
  | { readonly kind: "version"; readonly version: FunctionState; readonly why: string }
  /** Callers have it already, and no record tells: what moved the alias was cut off before it was recorded, or a hand. */
  | { readonly kind: "there"; readonly why: string; readonly from: DeploymentRecord }
  /** This code is deployed again, from the store. */
  | { readonly kind: "digest"; readonly digest: Digest; readonly why: string };

/**
 * Decides where a target is rolled back to, from reads alone.
 *
 * @throws refusals of {@link rollbackErrors}
 */
export async function destinationOf(seen: Seen, wanted: Wanted): Promise<Destination> {
  const { toVersion, toDigest } = wanted;
  if (toVersion !== null) return toThisVersion(seen, toVersion, wanted);
  if (toDigest !== null) return toThisDigest(seen, toDigest, "as --to-digest names it");
  const ended = rolloutEnded(seen);
  if (ended !== null) return toStanding(seen, ended.to, ended.why);
  return toPredecessor(seen);
}

/** A rollout of Sluice's that is under way is what there is to roll back: its version loses its calls. */
function rolloutEnded({ alias }: Seen): { readonly to: Standing; readonly why: string } | null {
  const rollout = alias === null ? null : rolloutOf(alias.description, alias.weights);
  if (alias === null || rollout === null) return null;
  const why = `the rollout of ${rollout.version} stands at ${rollout.percent} %: it is ended`;
  return { to: { version: alias.version, digest: null }, why };
}

async function toThisVersion(seen: Seen, version: string, { force }: Wanted): Promise<Destination> {
  const { caller, alias, trail } = seen;
  const state = await unlessAbsent(getFunction(caller, version));
  const digest = liveDigest(state?.codeSha256 ?? null);
  if (state === null) {
    const recorded = await trail?.newestOf({ version, digest: null });
    if (recorded === null || recorded === undefined)
      throw rollbackErrors.versionAbsent(seen.target, version, "");
    return fromStore(seen, recorded.digest, `version ${version} is deleted, its code is deployed again`);
  }
  const rejected = (await trail?.rejectedAt({ version, digest })) ?? null;
  if (rejected !== null && !force) throw rollbackErrors.versionRejected(seen.target, version, rejected);
  if (alias !== null) return checked(seen, state, "as --to-version names it");
  if (digest === null) throw rollbackErrors.versionAbsent(seen.target, version, " with code that is known");
  return fromStore(seen, digest, `the code of version ${version}, as --to-version names it`);
}

async function toThisDigest(seen: Seen, digest: Digest, why: string): Promise<Destination> {
  if (seen.alias === null) return fromStore(seen, digest, why);
  const versions = await listVersions(seen.caller);
  for (const { number, codeSha256 } of versions) {
    if (liveDigest(codeSha256) !== digest) continue;
    const state = await unlessAbsent(getFunction(seen.caller, String(number)));
    if (state !== null && readiness(state) !== "failed") return checked(seen, state, why);
  }
  return fromStore(seen, digest, `${why}; no function version has this code any more`);
}

async function toPredecessor(seen: Seen): Promise<Destination> {
  const { trail, alias } = seen;
  const live = standingOf(seen);
  // Code that is deployed again is nothing to go back to where there are no versions to choose from.
  const accepts = (to: Standing): boolean =>
    to.digest === null || alias !== null || to.digest !== live.digest;
  const there = trail === null || alias === null ? null : await backAlready(trail, live, accepts);
  if (there !== null) return { kind: "there", ...there };
  const recorded = trail === null ? null : await recordedPredecessor(trail, live, accepts);
  if (recorded?.kind === "found") return toStanding(seen, recorded.to, recorded.why);
  if (recorded?.kind === "first")
    throw rollbackErrors.nowhere(
      seen.target,
      `what was before ${shown(live)} was taken back, and nothing is recorded before that`,
    );
  if (alias === null) {
    if (trail === null) throw rollbackErrors.storeMissing(seen.target);
    throw rollbackErrors.nowhere(seen.target, "no record tells what was deployed there before");
  }
  return toNewestBelow(seen, live);
}

/** Without a record, a version's number is all that tells what was before. */
async function toNewestBelow(seen: Seen, live: Standing): Promise<Destination> {
  const because =
    seen.trail === null ? "there is no store with records" : `no record tells what was before ${shown(live)}`;
  const versions = await withoutRejected(seen, await listVersions(seen.caller));
  const number = live.version === null ? null : Number(live.version);
  const found = newestBelow(versions, { number, codeSha256: seen.live?.codeSha256 ?? null });
  if (found === null)
    throw rollbackErrors.nowhere(
      seen.target,
      `no function version below ${shown(live)} has other code, and ${because}`,
    );
  const why = `the newest below ${shown(live)} with other code: ${because}`;
  return toStanding(seen, { version: String(found.number), digest: liveDigest(found.codeSha256) }, why);
}

async function withoutRejected(
  { trail }: Seen,
  versions: readonly ListedVersion[],
): Promise<readonly ListedVersion[]> {
  if (trail === null) return versions;
  const times = await Promise.all(
    versions.map(({ number, codeSha256 }) =>
      trail.rejectedAt({ version: String(number), digest: liveDigest(codeSha256) }),
    ),
  );
  return versions.filter((_, index) => times[index] === null);
}

async function toStanding(seen: Seen, { version, digest }: Standing, why: string): Promise<Destination> {
  if (seen.alias === null || version === null) {
    if (digest === null) throw rollbackErrors.nowhere(seen.target, `its code is not known: ${why}`);
    return toThisDigest(seen, digest, why);
  }
  const state = await unlessAbsent(getFunction(seen.caller, version));
  const found = liveDigest(state?.codeSha256 ?? null);
  if (state !== null && (digest === null || found === digest)) return checked(seen, state, why);
  if (digest === null) throw rollbackErrors.versionAbsent(seen.target, version, ` (${why})`);
  // Pruned, or of a function that was deleted and made again, whose versions count from 1.
  return toThisDigest(
    seen,
    digest,
    `${why}; version ${version} ${state === null ? "is deleted" : "has other code"}`,
  );
}

function checked({ target }: Seen, version: FunctionState, why: string): Destination {
  if (readiness(version) === "failed")
    throw rollbackErrors.versionFailed(target, version.version ?? "", version.stateReason);
  return { kind: "version", version, why };
}

function fromStore({ target, trail }: Seen, digest: Digest, why: string): Destination {
  if (trail !== null) return { kind: "digest", digest, why };
  if (target.alias === null) throw rollbackErrors.storeMissing(target);
  throw rollbackErrors.digestAbsent(target, digest, why, "the environment has no store");
}

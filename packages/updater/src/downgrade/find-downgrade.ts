import type { Deployments, RecordPlace, RecordSummary } from "@sluice/artifact";
import type { Aws, CallCounter } from "@sluice/aws";
import type { PlanInput, SluiceError, Target } from "@sluice/core";
import lt from "semver/functions/lt.js";
import valid from "semver/functions/valid.js";
import { deploymentsOf } from "../code/package-code.ts";
import { locate, placeOf } from "../plan/names.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { readAlias } from "../plan/read-function.ts";
import type { Delivery } from "../plan/targets.ts";
import { liveDigest } from "../status/live-digest.ts";
import { readDescription } from "../status/read-description.ts";
import { orderOf, timesOf } from "./commit-order.ts";
import { downgrade, downgradeByTime, saysUnknown, shownTime, versionDowngrade } from "./errors.ts";
import { isProduction } from "./production.ts";

/** Records of a target that are asked for at once. */
const PAGE = 20;

/** A target that would change. */
export interface Changing {
  readonly input: PlanInput;
  readonly aws: Aws;
  readonly delivery: Delivery;
  readonly aliasExists: boolean;
  /** When it was read. */
  readonly alias: ObservedAlias | null;
  /** What callers have, base64; `null` when it is not known. */
  readonly currentCodeSha256: string | null;
  /** Told, for people, when nobody knows which of two commits is older. */
  readonly onUnknown?: (message: string) => void;
  readonly calls: CallCounter;
}

/**
 * Whether a change would replace a newer commit by an older one, or in production a package version by a lower one. Asks the
 * environment's store for the newest record of the target (one list); without a store, what the alias says counts. It is read, too, where
 * no record tells of what callers have: the run that brought it may have been killed before it wrote its record, or knew no store.
 *
 * @returns the refusal, `null` when there is none
 */
export async function findDowngrade(changing: Changing): Promise<SluiceError | null> {
  const { input, aws, delivery, calls } = changing;
  const { environment, options, command } = input;
  if (options.allowDowngrade || environment.allowDowngrade || command === "rollback") return null;
  const deployments = deploymentsOf(input, aws, calls);
  if (deployments === null) return byDescription(changing);
  const place = placeOfRecords(delivery.target, input);
  const recorded = await deployments.list(place, PAGE);
  const live = await newestOf(deployments, place, recorded);
  if (live === null) return byUnrecorded(changing, null);
  const unrecorded = await byUnrecorded(changing, live);
  if (unrecorded !== null || live.digest === delivery.artifact.manifest.digest) return unrecorded;
  return (await byCommit(changing, deployments, live, recorded)) ?? byVersion(changing, deployments, live);
}

/** What callers have, and no record tells of: by what the alias says, as long as it says it of this code. */
async function byUnrecorded(changing: Changing, live: RecordSummary | null): Promise<SluiceError | null> {
  const { aws, calls, aliasExists } = changing;
  const { target } = changing.delivery;
  const digest = liveDigest(changing.currentCodeSha256);
  if (target.alias === null || !aliasExists || digest === null || digest === live?.digest) return null;
  const alias = changing.alias ?? (await readAlias({ lambda: aws.lambda, target, calls }, target.alias));
  return byDescription({ ...changing, alias });
}

function placeOfRecords(target: Target, { environment }: PlanInput): RecordPlace {
  const { name } = locate(target, placeOf(environment));
  return { environment: environment.name, target: name, region: target.region };
}

async function newestOf(
  deployments: Deployments,
  place: RecordPlace,
  recorded: readonly RecordSummary[],
): Promise<RecordSummary | null> {
  const found = recorded.find(({ outcome }) => outcome === "live") ?? null;
  return found === null && recorded.length === PAGE ? deployments.newestLive(place) : found;
}

/** The commit that is delivered: the run's; without git, the one that the artifact was built from. */
const commitOf = ({ input, delivery }: Changing): string | null =>
  input.ref.commit ?? delivery.artifact.manifest.commit;

/**
 * By git's history; where that does not tell which of two commits is older, by which of them was live first; where git does not know, as in
 * a shallow clone, and the commit was never live, by when they were made.
 */
async function byCommit(
  changing: Changing,
  deployments: Deployments,
  live: RecordSummary,
  recorded: readonly RecordSummary[],
): Promise<SluiceError | null> {
  const ours = commitOf(changing);
  const theirs = live.commit;
  if (ours === null || theirs === null || ours === theirs) return null;
  const { target } = changing.delivery;
  const order = await orderOf(changing.input.history, ours, theirs);
  if (order === "older") return downgrade(target, ours, theirs, IN_HISTORY);
  if (order === "newer") return null;
  const earlier = recorded.find(({ commit, outcome }) => commit === ours && outcome === "live");
  if (earlier !== undefined) {
    const why = `git does not tell which came first, and it was live until ${shownTime(live.at)} at the latest`;
    return downgrade(target, ours, theirs, why);
  }
  return order === "unknown" ? byTime(changing, deployments, live, { ours, theirs }) : null;
}

const IN_HISTORY = "it is in the other's history";

/** By the times of two commits, as long as both are known: this clone has that of its own commit, the record that of the other. */
async function byTime(
  { input, delivery, onUnknown }: Changing,
  deployments: Deployments,
  live: RecordSummary,
  commits: { readonly ours: string; readonly theirs: string },
): Promise<SluiceError | null> {
  const recorded = async (): Promise<string | null> => (await deployments.read(live)).committedAt;
  const times = await timesOf(input.history, commits, recorded);
  if (times === null || times.ours === times.theirs) {
    onUnknown?.(saysUnknown(commits));
    return null;
  }
  return times.ours < times.theirs ? downgradeByTime(delivery.target, commits, times) : null;
}

async function byVersion(
  { input, delivery }: Changing,
  deployments: Deployments,
  live: RecordSummary,
): Promise<SluiceError | null> {
  const { artifact, target } = delivery;
  const { packageVersion: built } = artifact.manifest;
  // The manifest of a stored artifact has the version of whoever built it; that of this build is the run's.
  const ours = artifact.stored === undefined ? (input.packageVersion ?? built) : built;
  if (ours === null || valid(ours) === null || !isProduction(input)) return null;
  const { packageVersion: theirs } = await deployments.read(live);
  if (theirs === null || valid(theirs) === null || !lt(ours, theirs)) return null;
  return versionDowngrade(target, ours, theirs);
}

/**
 * The description that Sluice gave the alias has the first digits of the commit, and no time. It counts as long as it is about the code that
 * callers have: who moves an alias by hand leaves it as it was.
 */
async function byDescription(changing: Changing): Promise<SluiceError | null> {
  const { input, delivery, alias, onUnknown } = changing;
  const ours = commitOf(changing);
  const description = alias === null ? null : readDescription(alias.description);
  const digest = liveDigest(changing.currentCodeSha256);
  if (description === null || (digest !== null && description.digest !== digest)) return null;
  const { commit: theirs } = description;
  if (ours === null || theirs === null || ours.startsWith(theirs)) return null;
  const order = await orderOf(input.history, ours, theirs);
  if (order === "unknown") onUnknown?.(saysUnknown({ ours, theirs }));
  return order === "older" ? downgrade(delivery.target, ours, theirs, IN_HISTORY) : null;
}

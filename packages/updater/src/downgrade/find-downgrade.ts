import type { Deployments, RecordPlace, RecordSummary } from "@sluice/artifact";
import type { Aws, CallCounter } from "@sluice/aws";
import type { GitHistory, PlanInput, SluiceError, Target } from "@sluice/core";
import lt from "semver/functions/lt.js";
import valid from "semver/functions/valid.js";
import { locate, placeOf } from "../names.ts";
import type { ObservedAlias } from "../observed.ts";
import { deploymentsOf } from "../package-code.ts";
import { readAlias } from "../read-function.ts";
import { liveDigest } from "../status/live-digest.ts";
import { readDescription } from "../status/read-description.ts";
import type { Delivery } from "../targets.ts";
import { downgrade, versionDowngrade } from "./errors.ts";
import { isProduction } from "./production.ts";

/** Records of a target that are asked for at once. */
const PAGE = 20;

/** A target that would change. */
export interface Changing {
  readonly input: PlanInput;
  readonly aws: Aws;
  readonly delivery: Delivery;
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
 * environment's store for the newest record of the target (one list); without one, what the alias says counts, if it was read. It is
 * read, too, where callers have other code than the newest record tells: the run that brought it may have been killed before it wrote
 * its record.
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
  if (live === null) return byDescription(changing);
  const unrecorded = await byUnrecorded(changing, live);
  if (unrecorded !== null || live.digest === delivery.artifact.manifest.digest) return unrecorded;
  return (await byCommit(changing, live, recorded)) ?? byVersion(changing, deployments, live);
}

/** What callers have, and no record tells of: by what the alias says, as long as it says it of this code. */
async function byUnrecorded(changing: Changing, live: RecordSummary): Promise<SluiceError | null> {
  const { aws, calls, currentCodeSha256 } = changing;
  const { target } = changing.delivery;
  const digest = liveDigest(currentCodeSha256);
  if (target.alias === null || digest === null || digest === live.digest) return null;
  const alias = changing.alias ?? (await readAlias({ lambda: aws.lambda, target, calls }, target.alias));
  if (readDescription(alias?.description ?? "")?.digest !== digest) return null;
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

/** By git's history; where that does not tell which of two commits is older, by which of them was live first. */
async function byCommit(
  changing: Changing,
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
  if (order === "unknown" && earlier === undefined)
    changing.onUnknown?.(
      `Git does not tell whether ${ours.slice(0, 12)} is older than ${theirs.slice(0, 12)}, which is live, so it is taken for the newer one. To have it checked, fetch the history: git fetch, or in CI a whole clone (fetch-depth: 0 in GitHub Actions, GIT_DEPTH: 0 in GitLab).`,
    );
  if (earlier === undefined) return null;
  const why = `git does not tell which came first, and it was live until ${live.at.slice(0, 16).replace("T", " ")} UTC at the latest`;
  return downgrade(target, ours, theirs, why);
}

const IN_HISTORY = "it is in the other's history";

async function orderOf(
  history: GitHistory | undefined,
  ours: string,
  theirs: string,
): Promise<"older" | "newer" | "neither" | "unknown"> {
  const isOlder = await history?.isAncestor(ours, theirs);
  if (isOlder === true) return "older";
  const isNewer = await history?.isAncestor(theirs, ours);
  if (isNewer === true) return "newer";
  // Of two branches neither is in the other's history; who does not know says `null`.
  return isOlder === false && isNewer === false ? "neither" : "unknown";
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

/** The description that Sluice gave the alias has the first digits of the commit. */
async function byDescription(changing: Changing): Promise<SluiceError | null> {
  const { input, delivery, alias } = changing;
  const ours = commitOf(changing);
  const theirs = alias === null ? null : (readDescription(alias.description)?.commit ?? null);
  if (ours === null || theirs === null || ours.startsWith(theirs)) return null;
  if ((await input.history?.isAncestor(ours, theirs)) !== true) return null;
  return downgrade(delivery.target, ours, theirs, IN_HISTORY);
}

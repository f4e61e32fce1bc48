import { type CallCounter, openAws, resolveRegions } from "@sluice/aws";
import {
  inAccounts,
  isSluiceError,
  type Problem,
  type ResolvedConfig,
  type ResolvedEnvironment,
  type RunContext,
  type Target,
} from "@sluice/core";
import pMap from "p-map";
import { failureClass } from "../call.ts";
import { deploymentsOf } from "../code/package-code.ts";
import { recordPlace } from "../records/record-place.ts";
import type { Door } from "../settings.ts";
import { askedTargets } from "../status/asked-targets.ts";
import type { Kept } from "./decide-prune.ts";
import { type ListedVersion, listVersions } from "./list-versions.ts";
import { bytesOf, type Pruned, type Pruning, prunable, pruneVersions } from "./prune.ts";
import { mappedOnce } from "./prune-after.ts";

export interface VersionsInput {
  readonly config: ResolvedConfig;
  readonly environment: ResolvedEnvironment;
  /** Names in the configuration. */
  readonly functions: readonly string[];
  /** For name templates with `{branch}`. */
  readonly branch: string | null;
  /** How many of the newest versions are kept; `null` deletes none. */
  readonly keep: number | null;
  /** Says what would be deleted, and deletes nothing. */
  readonly dryRun: boolean;
}

/** The versions of one function in one account and region. */
export interface FunctionVersions {
  /** Name in the configuration. */
  readonly function: string;
  readonly target: string;
  readonly account: string | null;
  readonly region: string;
  /** Alias of the environment. */
  readonly alias: string | null;
  readonly absent: boolean;
  /** The newest first, after those that were deleted are gone. */
  readonly versions: readonly ListedVersion[];
  /** Function versions that were deleted, or would be. */
  readonly prunedVersions: readonly string[];
  readonly freedBytes: number;
  /** Older versions that stay although more than `keep` are newer. */
  readonly stays: readonly Kept[];
  readonly error: Problem | null;
  readonly apiCalls: Readonly<Record<string, number>>;
}

const NONE: Pruned = { versions: [], freedBytes: 0, stays: [], refused: [], problem: null };

/**
 * Lists the versions of functions in one environment, in every account and region; with `keep`, deletes those first that
 * nothing needs.
 *
 * @param door - another way to AWS, for tests
 * @throws what stops all functions: no credentials, no endpoint, an interruption, a name that makes no sense
 */
export async function functionVersions(
  input: VersionsInput,
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<readonly FunctionVersions[]> {
  const regions = inAccounts(input.environment).map(async (environment) => {
    const names = [...new Set(await door.resolveRegions(context, environment))];
    return Promise.all(names.map((region) => inRegion({ ...input, environment }, region, context, door)));
  });
  return (await Promise.all(regions)).flat(2);
}

async function inRegion(
  input: VersionsInput,
  region: string,
  context: RunContext,
  door: Door,
): Promise<readonly FunctionVersions[]> {
  const { environment, functions, branch, keep } = input;
  const { profile, role } = environment;
  const aws = door.openAws(context, { region, profile, role });
  const mapped = mappedOnce(aws);
  const ofTarget = (target: Target): Promise<FunctionVersions> => {
    context.signal.throwIfAborted();
    const calls: CallCounter = {};
    const caller = { lambda: aws.lambda, target, calls };
    const deployments = deploymentsOf(input, aws, calls);
    const common = { caller, context, environment, deployments, upcoming: 0 };
    return versionsOf(input, { ...common, needed: new Map(), mapped: () => mapped(caller) });
  };
  // Deleting is never urgent: one function at a time.
  const concurrency = keep === null ? (environment.concurrency ?? context.concurrency) : 1;
  return pMap(askedTargets(environment, region, functions, branch), ofTarget, { concurrency });
}

async function versionsOf(input: VersionsInput, pruning: Pruning): Promise<FunctionVersions> {
  const { caller, deployments, environment } = pruning;
  const { function: name, target, account, region, alias } = caller.target;
  const head = { function: name, target, account, region, alias, apiCalls: caller.calls };
  try {
    const gone = await prunedBy(input, pruning);
    const versions = await listVersions(caller, deployments, recordPlace(environment, caller.target));
    const { versions: prunedVersions, freedBytes, problem: error } = gone;
    const stays = [...gone.stays, ...gone.refused];
    return { ...head, absent: false, versions, prunedVersions, freedBytes, stays, error };
  } catch (error) {
    if (!isSluiceError(error) || error.problems[0].kind !== "target") throw error;
    const absent = failureClass(error) === "absent";
    const empty = { versions: [], prunedVersions: [], freedBytes: 0, stays: [] };
    return { ...head, ...empty, absent, error: absent ? null : error.problems[0] };
  }
}

async function prunedBy({ keep, dryRun }: VersionsInput, pruning: Pruning): Promise<Pruned> {
  if (keep === null) return NONE;
  if (!dryRun) return pruneVersions(pruning, keep);
  const { goes, stays } = await prunable(pruning, keep);
  const versions = goes.map(({ version }) => version);
  return { ...NONE, versions, freedBytes: bytesOf(goes), stays };
}

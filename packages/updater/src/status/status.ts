import type { LeaseHolder } from "@sluice/artifact";
import { type CallCounter, checkAccount, openAws, resolveRegions } from "@sluice/aws";
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
import { listFunctions } from "../plan/list-functions.ts";
import type { FunctionState } from "../plan/observed.ts";
import { environmentHolder } from "../records/hold-environment.ts";
import type { Door } from "../settings.ts";
import { askedTargets } from "./asked-targets.ts";
import { functionStatus, isTold } from "./function-status.ts";
import type { EnvironmentStatus, FunctionStatus } from "./types.ts";

export interface StatusInput {
  readonly config: ResolvedConfig;
  /** Those that are asked about. */
  readonly environments: readonly ResolvedEnvironment[];
  /** Names in the configuration. */
  readonly functions: readonly string[];
  /** For name templates with `{branch}`. */
  readonly branch: string | null;
}

/** Functions that are read for each one that would be deployed at once: a read is small, and the quotas see to the rest. */
const READS = 4;

/** Rows, and why some are missing. */
type Read = Omit<EnvironmentStatus, "name">;

/**
 * Reads how every function is in every environment, account and region, from AWS and from the records of deployments. Writes
 * nothing. What cannot be read is part of the answer.
 *
 * @param door - another way to AWS, for tests
 * @throws an interruption alone
 */
export async function readStatus(
  input: StatusInput,
  context: RunContext,
  door: Door = { openAws, resolveRegions },
): Promise<readonly EnvironmentStatus[]> {
  return Promise.all(
    input.environments.map(async (environment): Promise<EnvironmentStatus> => {
      const parts = inAccounts(environment).map((each) => readAccount(input, each, context, door));
      return { name: environment.name, ...joined(await Promise.all(parts)) };
    }),
  );
}

function joined(parts: readonly Read[]): Read {
  const errors = parts.flatMap((part) => part.errors);
  return {
    lease: parts.map(({ lease }) => lease).find((lease) => lease !== null) ?? null,
    functions: parts.flatMap((part) => part.functions),
    // What is wrong with credentials is so in every region.
    errors: [...new Map(errors.map((error) => [`${error.code} ${error.message}`, error])).values()],
  };
}

async function readAccount(
  input: StatusInput,
  environment: ResolvedEnvironment,
  context: RunContext,
  door: Door,
): Promise<Read> {
  return unlessUnreadable(async () => {
    const regions = [...new Set(await door.resolveRegions(context, environment))];
    const [refusals, lease, ...parts] = await Promise.all([
      checkAccount({ environment }, context),
      leaseOf(input, environment, context, door),
      ...regions.map((region) =>
        unlessUnreadable(() => readRegion(input, environment, region, context, door)),
      ),
    ]);
    // Functions of another account are not this environment's, nor is it absent what that account lacks.
    if (refusals.length > 0) return unread(refusals.flatMap(({ problems }) => problems));
    return { ...joined(parts), lease };
  });
}

async function unlessUnreadable(reading: () => Promise<Read>): Promise<Read> {
  try {
    return await reading();
  } catch (error) {
    if (!isSluiceError(error) || !isTold(error.problems[0])) throw error;
    return unread(error.problems);
  }
}

const unread = (errors: readonly Problem[]): Read => ({ functions: [], lease: null, errors });

/** Who holds the environment. A store that cannot be read is told with the functions. */
async function leaseOf(
  { config }: StatusInput,
  environment: ResolvedEnvironment,
  context: RunContext,
  door: Door,
): Promise<LeaseHolder | null> {
  if (!environment.lease) return null;
  try {
    return await environmentHolder({ config, environment }, context, door);
  } catch (error) {
    if (!isSluiceError(error) || !isTold(error.problems[0])) throw error;
    return null;
  }
}

async function readRegion(
  { config, functions, branch }: StatusInput,
  environment: ResolvedEnvironment,
  region: string,
  context: RunContext,
  door: Door,
): Promise<Read> {
  const { profile, role } = environment;
  const aws = door.openAws(context, { region, profile, role });
  const targets = askedTargets(environment, region, functions, branch);
  const listing: CallCounter = {};
  const errors: Problem[] = [];
  const names = targets.map(({ target }) => target);
  const states = await listFunctions(aws.lambda, names, listing).catch((error: unknown) => {
    if (isSluiceError(error)) throw error;
    context.log.debug(`ListFunctions in ${region} failed (${failureClass(error)}): reading one by one.`);
    return new Map<string, FunctionState>();
  });
  const read = (target: Target, index: number): Promise<FunctionStatus> => {
    context.signal.throwIfAborted();
    // Pages serve all functions of the region: they are counted once, for the first; so is the store, with calls of its own.
    const calls: CallCounter = index === 0 ? listing : {};
    const deployments = deploymentsOf({ config, environment }, aws, calls);
    const caller = { lambda: aws.lambda, target, calls };
    const listed = states.get(target.target);
    const onStoreProblem = (problem: Problem): number => errors.push(problem);
    return functionStatus({ caller, environment, deployments, listed, onStoreProblem });
  };
  const concurrency = READS * (environment.concurrency ?? context.concurrency);
  return { functions: await pMap(targets, read, { concurrency }), lease: null, errors };
}

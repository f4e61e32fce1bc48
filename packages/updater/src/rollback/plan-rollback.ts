import type { DeploymentRecord } from "@sluice/artifact";
import type { Aws, CallCounter } from "@sluice/aws";
import {
  type Change,
  isSluiceError,
  type PlanInput,
  type Problem,
  type RunContext,
  type Target,
} from "@sluice/core";
import pMap from "p-map";
import { deploymentsOf } from "../code/package-code.ts";
import { locate, placeOf } from "../plan/names.ts";
import type { FunctionState, ObservedAlias } from "../plan/observed.ts";
import type { UpdateChange } from "../plan/plan.ts";
import { placed } from "../plan/targets.ts";
import type { Settings } from "../settings.ts";
import { liveDigest } from "../status/live-digest.ts";
import { hasWeights } from "../traffic/alias-state.ts";
import { rolloutOf } from "../traffic/rollout.ts";
import { type Destination, destinationOf, type Wanted } from "./destination.ts";
import { rollbackErrors } from "./errors.ts";
import { lastDeployment } from "./last-deployment.ts";
import { planRedeploy } from "./redeploy.ts";
import { type Seen, see } from "./seen.ts";
import { readTrail, type Trail } from "./trail.ts";

/** The name of the strategy, and of its changes. */
export const ROLLBACK = "rollback";

export interface RollbackOptions {
  /** Names in the configuration; none for what the last deployment changed. */
  readonly functions: readonly string[];
  readonly toVersion: string | null;
  readonly toDigest: Wanted["toDigest"];
}

/** What carrying out needs to know of what was planned. */
export type RollbackState =
  | {
      readonly kind: "move";
      readonly aws: Aws;
      readonly alias: ObservedAlias;
      readonly version: FunctionState;
      /** The record by which callers had that version last; `null` when there is none. */
      readonly record: DeploymentRecord | null;
    }
  /** Nothing is to be done but to record it. */
  | {
      readonly kind: "record";
      readonly aws: Aws;
      readonly live: FunctionState;
      readonly record: DeploymentRecord | null;
      /** Of what callers had before. */
      readonly from: DeploymentRecord;
    }
  /** The updater's own change: the code is deployed again. */
  | { readonly kind: "redeploy"; readonly change: UpdateChange }
  | { readonly kind: "nothing" };

export type RollbackChange = Change<RollbackState>;

interface Planning {
  readonly input: PlanInput;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly options: RollbackOptions;
}

/** One target on its way through planning. */
interface Draft {
  readonly target: Target;
  readonly calls: CallCounter;
  readonly started: number;
  /** `null`: there is no such function. */
  readonly seen: Seen | null;
  /** Why it could not be read. */
  readonly problem: Problem | null;
}

/** Decides about every target from reads alone. */
export async function planRollback(
  input: PlanInput,
  context: RunContext,
  settings: Settings,
  options: RollbackOptions,
): Promise<RollbackChange[]> {
  const planning: Planning = { input, context, settings, options };
  const regions = [...new Set(await settings.resolveRegions(context, input.environment))];
  const { concurrency } = input.environment;
  const limit = { concurrency: concurrency ?? context.concurrency };
  const drafts = await pMap(
    placed(input, functionsOf(planning), regions),
    ({ target }) => draftOf(planning, target),
    limit,
  );
  const isAll = options.functions.length === 0 && options.toVersion === null && options.toDigest === null;
  const seen = drafts.flatMap((draft) => draft.seen ?? []);
  const last = isAll && seen.length > 1 ? await lastDeployment(seen) : null;
  return pMap(
    drafts,
    (draft) => {
      context.signal.throwIfAborted();
      if (draft.seen === null || last?.others.has(draft.seen) !== true) return decideOne(planning, draft);
      return changeOf(context, draft, { action: "none", reason: last.why });
    },
    limit,
  );
}

function functionsOf({ input, options }: Planning): readonly { readonly function: string }[] {
  const all = input.config.functions.map(({ name }) => name);
  const names = options.functions.length === 0 ? all : options.functions;
  return names.map((name) => ({ function: name }));
}

async function draftOf(planning: Planning, target: Target): Promise<Draft> {
  const { input, context, settings } = planning;
  context.signal.throwIfAborted();
  const { environment } = input;
  const { profile, role } = environment;
  const aws = settings.openAws(context, { region: target.region, profile, role });
  const calls: CallCounter = {};
  const started = context.now();
  const trailOf = async (account: string | null): Promise<Trail | null> => {
    const { name } = locate(target, placeOf(environment));
    const place = { environment: environment.name, target: name, region: target.region };
    const deployments = deploymentsOf(input, aws, calls);
    if (deployments === null) return null;
    return readTrail(deployments, place, account).catch((error) => withoutTrail(planning, target, error));
  };
  const [seen, problem] = await unlessFailed(see(aws, { lambda: aws.lambda, target, calls }, trailOf));
  return { target: seen?.target ?? target, calls, started, seen, problem };
}

/** Whoever names a function version needs no record: a store that does not answer is no obstacle. */
function withoutTrail({ context, options }: Planning, target: Target, error: unknown): null {
  if (options.toVersion === null || target.alias === null) throw error;
  if (!isSluiceError(error) || !["target", "usage"].includes(error.problems[0].kind)) throw error;
  const message = `${target.target} in ${target.region}: the records could not be read, and the version is taken as it is named. ${error.message}`;
  context.emit({ type: "notice", message });
  return null;
}

/** What stops one target is noted; what stops all (no credentials, no endpoint, an interruption) is thrown. */
async function unlessFailed<T>(work: Promise<T>): Promise<readonly [T | null, Problem | null]> {
  try {
    return [await work, null];
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const [problem] = error.problems;
    if (problem.kind !== "target" && problem.kind !== "refusal") throw error;
    return [null, problem];
  }
}

async function decideOne(planning: Planning, draft: Draft): Promise<RollbackChange> {
  const { context, input, options } = planning;
  const { seen, problem } = draft;
  if (problem !== null) return changeOf(context, draft, failureOf(problem));
  if (seen === null)
    return changeOf(context, draft, { action: "absent", reason: "the function does not exist" });
  const wanted = { ...options, force: input.options.force };
  const [decided, failed] = await unlessFailed(decisionOf(planning, draft, seen, wanted));
  return changeOf(context, draft, decided ?? failureOf(failed));
}

type Decided = Partial<RollbackChange> & Pick<Change, "action" | "reason">;

function failureOf(error: Problem | null): Decided {
  return { action: error?.kind === "refusal" ? "refuse" : "fail", reason: error?.message ?? "", error };
}

async function decisionOf(planning: Planning, draft: Draft, seen: Seen, wanted: Wanted): Promise<Decided> {
  const { alias, target } = seen;
  if (alias !== null && hasWeights(alias) && rolloutOf(alias.description, alias.weights) === null)
    throw rollbackErrors.foreignWeights(target, alias.weights);
  const destination = await destinationOf(seen, wanted);
  if (wanted.toVersion === null && wanted.toDigest === null) noteNeverLive(planning, seen);
  if (destination.kind === "there") return thereOf(seen, destination);
  if (destination.kind === "digest") return planRedeploy(planning, { seen, destination, calls: draft.calls });
  return moveOf(seen, destination);
}

/** Who rolls back since a deployment failed may not know that it never came to callers, and that an earlier one is taken back. */
function noteNeverLive({ context }: Planning, { target, trail, live }: Seen): void {
  const last = trail?.neverLive ?? null;
  if (last === null) return;
  const version = last.version === null ? "" : `version ${last.version}, `;
  const commit = last.commit === null ? "" : `commit ${last.commit.slice(0, 12)}, `;
  const message = `${target.target} in ${target.region}: callers never had the newest deployment (${version}${commit}${last.outcome}). What is taken back is what they have, version ${live?.version ?? "unknown"}.`;
  context.emit({ type: "notice", message });
}

async function thereOf(seen: Seen, { why, from }: Extract<Destination, { kind: "there" }>): Promise<Decided> {
  const { aws, live } = seen;
  if (live === null) throw new Error("callers have what is not there");
  const state = { kind: "record", aws, live, from, record: await recordOf(seen, live) } as const;
  return { action: "none", reason: why, state };
}

async function moveOf(
  seen: Seen,
  { version, why }: Extract<Destination, { kind: "version" }>,
): Promise<Decided> {
  const { alias, aws } = seen;
  const number = version.version ?? "";
  if (alias === null) throw new Error("a version to move to, and no alias");
  if (alias.version === number && !hasWeights(alias))
    return { action: "none", reason: `callers have ${number} already` };
  const state = { kind: "move", aws, alias, version, record: await recordOf(seen, version) } as const;
  return { action: "move-alias", reason: `back to ${number}: ${why}`, state };
}

/** The record by which callers had a function version last; `null` when there is none. */
async function recordOf(
  { trail }: Seen,
  { version, codeSha256 }: FunctionState,
): Promise<DeploymentRecord | null> {
  return (await trail?.newestOf({ version, digest: liveDigest(codeSha256) })) ?? null;
}

function changeOf(context: RunContext, draft: Draft, decided: Decided): RollbackChange {
  const { seen, target, calls, started } = draft;
  const version = seen?.alias?.version ?? seen?.live?.version ?? null;
  return {
    target,
    artifact: null,
    previousVersion: version === "$LATEST" ? null : version,
    currentCodeSha256: seen?.live?.codeSha256 ?? null,
    error: null,
    state: { kind: "nothing" },
    ...decided,
    strategy: ROLLBACK,
    apiCalls: calls,
    durationMs: context.now() - started,
  };
}

import type { Deployments } from "@sluice/artifact";
import {
  type Digest,
  isSluiceError,
  type Problem,
  type ResolvedEnvironment,
  type Target,
} from "@sluice/core";
import type { Caller } from "../call.ts";
import { accountOf, type FunctionState, type ObservedAlias } from "../plan/observed.ts";
import { readAlias } from "../plan/read-function.ts";
import { recordPlace } from "../records/record-place.ts";
import { rolloutOf } from "../traffic/rollout.ts";
import { type KnownRecords, knownRecords } from "./known-records.ts";
import { liveDigest } from "./live-digest.ts";
import { type LiveState, readState } from "./live-state.ts";
import { ABSENT, originOf, UNTOLD } from "./origin.ts";
import { readDescription } from "./read-description.ts";
import type { FunctionStatus, Origin } from "./types.ts";

/** A target that is asked about. */
export interface Asked {
  readonly caller: Caller;
  readonly environment: ResolvedEnvironment;
  /** `null` without a store. */
  readonly deployments: Deployments | null;
  /** `$LATEST`, where a list told of it. */
  readonly listed: FunctionState | undefined;
  /** Told why records could not be read, which is so for more than this function. */
  readonly onStoreProblem: (problem: Problem) => void;
}

/**
 * Reads one function and what is recorded of it.
 *
 * @throws what stops all functions of a region: no credentials, no endpoint, an interruption
 */
export async function functionStatus(asked: Asked): Promise<FunctionStatus> {
  const { target, calls } = asked.caller;
  const state = await settled(readState(asked.caller, asked.listed));
  if ("problem" in state) return row(target, calls, UNTOLD, { error: state.problem });
  if (state.value === null) return row(target, calls, ABSENT, { version: null });
  return ofLive(asked, state.value);
}

async function ofLive(asked: Asked, state: LiveState): Promise<FunctionStatus> {
  const { target, calls } = asked.caller;
  const { live, latest, aliasExists } = state;
  const digest = liveDigest(live.codeSha256);
  const account = accountOf(live.arn) ?? target.account;
  const records = await recordsOf(asked, digest);
  const known = records === "unread" ? null : records;
  const alias = await settled(aliasOf(asked, state, known));
  const { description, weights } = ("problem" in alias ? null : alias.value) ?? UNREAD;
  const error = "problem" in alias ? alias.problem : null;
  const origin: Origin =
    error === null && records !== "unread"
      ? originOf(live, { records, description: readDescription(description) })
      : { ...UNTOLD, reason: "what is live could not be compared with what was deployed" };
  return row({ ...target, account }, calls, origin, {
    version: versionOf(live, known),
    alias: aliasExists ? target.alias : null,
    digest,
    codeSha256: live.codeSha256,
    latestDigest: latest.codeSha256 === live.codeSha256 ? null : liveDigest(latest.codeSha256),
    weights,
    rollout: rolloutOf(description, weights),
    rejectedVersion: known?.rejected?.version ?? null,
    failure: failureOf(live),
    error,
  });
}

function failureOf({ state, stateReason }: FunctionState): string | null {
  return state === "Failed" ? `Lambda cannot run it: ${stateReason ?? "it gives no reason"}` : null;
}

const UNREAD: Pick<ObservedAlias, "description" | "weights"> = { description: "", weights: {} };

async function recordsOf(
  { caller, environment, deployments, onStoreProblem }: Asked,
  digest: Digest | null,
): Promise<KnownRecords | null | "unread"> {
  if (deployments === null) return null;
  try {
    return await knownRecords(deployments, recordPlace(environment, caller.target), digest);
  } catch (error) {
    if (!isSluiceError(error) || !isTold(error.problems[0])) throw error;
    for (const problem of error.problems) onStoreProblem(problem);
    return "unread";
  }
}

/** Problems that are told beside what could be read; an interruption and a defect end everything. */
export function isTold({ kind }: Problem): boolean {
  return kind !== "interrupted" && kind !== "defect";
}

/**
 * GetAlias has a quota of 15/s, so it is asked only where it may tell more: of the code, without a record that has it; of
 * weights, where `$LATEST` has code that callers do not: so every rollout begins.
 */
async function aliasOf(
  { caller }: Asked,
  { live, latest, aliasExists, alias }: LiveState,
  known: KnownRecords | null,
): Promise<ObservedAlias | null> {
  if (!aliasExists || alias !== null) return alias;
  const explained = known?.newestLive?.codeSha256 === live.codeSha256;
  const moving = latest.codeSha256 !== live.codeSha256;
  return moving || !explained ? readAlias(caller, caller.target.alias ?? "") : null;
}

/** Of a deployment without an alias the record knows which function version was published with the code. */
function versionOf({ version }: FunctionState, known: KnownRecords | null): string | null {
  return version === "$LATEST" ? (known?.ofThisCode?.version ?? null) : version;
}

function row(
  target: Target,
  apiCalls: FunctionStatus["apiCalls"],
  origin: Origin,
  found: Partial<FunctionStatus>,
): FunctionStatus {
  return {
    ...NOTHING_FOUND,
    function: target.function,
    target: target.target,
    account: target.account,
    region: target.region,
    ...origin,
    ...found,
    apiCalls,
  };
}

const NOTHING_FOUND = {
  version: null,
  alias: null,
  digest: null,
  codeSha256: null,
  latestDigest: null,
  weights: {},
  rollout: null,
  rejectedVersion: null,
  failure: null,
  error: null,
} as const;

/** A failure of one function is part of what is told; others stop the region. */
async function settled<T>(
  reading: Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: Problem }> {
  try {
    return { value: await reading };
  } catch (error) {
    if (!isSluiceError(error) || error.problems[0].kind !== "target") throw error;
    return { problem: error.problems[0] };
  }
}

import type { SluiceError } from "@sluice/core";
import type { TargetRun } from "../apply/target-run.ts";
import type { Weights } from "../apply/weights.ts";
import { call, failureClass, wasRefused } from "../call.ts";
import { aliasVanished, targetConflict } from "../errors.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { getFunction } from "../plan/read-function.ts";
import { aliasState, sharesOf } from "./alias-state.ts";
import { rolloutOf } from "./rollout.ts";

/** What changing an alias needs to know of a run. */
export type AliasRun = Pick<
  TargetRun,
  "lambda" | "target" | "calls" | "trace" | "context" | "settings" | "step"
>;

/** What an alias shall become. */
export interface NextAlias {
  readonly version: string;
  /** `null` leaves those that are there; empty takes them away. */
  readonly weights: Weights | null;
  readonly description: string;
}

/**
 * One GetAlias.
 *
 * @param ready - the function version that is waiting for the alias, for the error
 * @throws SLUICE_ALIAS_VANISHED
 */
export async function getAlias(run: AliasRun, ready: string): Promise<ObservedAlias> {
  const input = { FunctionName: run.target.target, Name: run.target.alias ?? "" };
  try {
    return aliasState(await call(run, "GetAlias", (lambda, calls) => lambda.getAlias(input, calls)));
  } catch (error) {
    throw failureClass(error) === "absent" ? await gone(run, ready, error) : error;
  }
}

/**
 * One UpdateAlias, guarded by the RevisionId of what was read. When it is refused, or its answer is lost, the alias is looked at: our
 * own change may have been carried out, which a second attempt finds in its way.
 *
 * @param known - `null` when the alias was not read: then nothing guards the change
 * @throws SLUICE_TARGET_CONFLICT when another changed the alias, SLUICE_ALIAS_VANISHED, and AWS's errors
 */
export async function writeAlias(
  run: AliasRun,
  known: ObservedAlias | null,
  next: NextAlias,
): Promise<ObservedAlias> {
  try {
    return await updateAlias(run, known?.revisionId ?? null, next);
  } catch (error) {
    const kind = failureClass(error);
    if (kind === "absent") throw await gone(run, next.version, error);
    if (!wasRefused(error) && kind !== "service" && kind !== "unreachable") throw error;
    const now = await lookAgain(run, next.version, error);
    if (isAs(now, next)) return now;
    throw wasRefused(error) ? aliasConflict(run, now) : error;
  }
}

async function updateAlias(
  run: AliasRun,
  revisionId: string | null,
  { version, weights, description }: NextAlias,
): Promise<ObservedAlias> {
  const input = {
    FunctionName: run.target.target,
    Name: run.target.alias ?? "",
    FunctionVersion: version,
    Description: description,
    ...(weights === null ? {} : { RoutingConfig: { AdditionalVersionWeights: { ...weights } } }),
    ...(revisionId === null ? {} : { RevisionId: revisionId }),
  };
  return aliasState(await call(run, "UpdateAlias", (lambda, calls) => lambda.updateAlias(input, calls)));
}

/** What stopped the change says more than that reading failed too, unless alias or function are gone. */
async function lookAgain(run: AliasRun, ready: string, error: unknown): Promise<ObservedAlias> {
  try {
    return await getAlias(run, ready);
  } catch (second) {
    throw failureClass(second) === null || failureClass(second) === "absent" ? second : error;
  }
}

function isAs(now: ObservedAlias, { version, weights, description }: NextAlias): boolean {
  if (now.version !== version) return false;
  // Who only moves the alias does not care who else moved it there.
  if (weights === null) return true;
  const mine = Object.entries(weights);
  const same = mine.every(([name, weight]) => Math.abs((now.weights[name] ?? 0) - weight) < 0.000_1);
  return same && mine.length === Object.keys(now.weights).length && now.description === description;
}

/**
 * Whether this run may move an alias from where it stands now: from where `plan` saw it, or where the weights that it saw went, and
 * never back from a higher function version, which was published later. A version that was deleted has nothing to lose.
 */
export async function isMovable(run: TargetRun, now: ObservedAlias, version: string): Promise<boolean> {
  const rollout = rolloutOf(now.description, now.weights);
  // Somebody began another rollout since `plan` looked.
  if (rollout !== null && rollout.version !== version) return false;
  if (!standsAsSeen(run, now)) return false;
  return Number(now.version) > Number(version) ? !(await isThere(run, now.version)) : true;
}

function standsAsSeen({ seen, previousVersion }: TargetRun, { version }: ObservedAlias): boolean {
  if (seen.alias === null) return (version === "$LATEST" ? null : version) === previousVersion;
  return version === seen.alias.version || Object.hasOwn(seen.alias.weights, version);
}

/** Whether a function version exists. */
export async function isThere(run: AliasRun, version: string): Promise<boolean> {
  try {
    await getFunction(run, version);
    return true;
  } catch (error) {
    if (failureClass(error) === "absent") return false;
    throw error;
  }
}

/** Another changed the alias, and this is how it is now. */
export function aliasConflict({ target }: AliasRun, now: ObservedAlias): SluiceError {
  const shares = sharesOf(now.weights);
  const weighted = shares === "" ? "" : ` and sends ${shares}`;
  return targetConflict(target, `alias ${target.alias} now stands on ${now.version}${weighted}`);
}

/** ResourceNotFoundException about an alias: whether the alias is gone, or the function with it. */
async function gone(run: AliasRun, ready: string, error: unknown): Promise<unknown> {
  try {
    await getFunction(run);
    return aliasVanished(run.target, ready);
  } catch (second) {
    return failureClass(second) === "absent" ? second : error;
  }
}

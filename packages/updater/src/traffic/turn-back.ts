import { setTimeout as delay } from "node:timers/promises";
import { isSluiceError, type SluiceError } from "@sluice/core";
import { type Landed, updatedTo } from "../apply/target-run.ts";
import { failureClass } from "../call.ts";
import type { ObservedAlias } from "../plan/observed.ts";
import { aliasConflict, getAlias, writeAlias } from "./alias.ts";
import { hasWeights } from "./alias-state.ts";
import { rolloutInterrupted, rolloutReturned, rolloutUnfinished } from "./errors.ts";
import { rolloutOf, withoutRollout } from "./rollout.ts";
import type { Stand, Walk } from "./steps.ts";

/** Why a rollout does not go on. */
export type Sign =
  /** An alarm or a test spoke against the new version. */
  | { readonly kind: "bad"; readonly says: string; readonly hint?: string }
  /** It could not be carried out, or not be watched, which says nothing about the version. */
  | { readonly kind: "broken"; readonly says: string; readonly hint: string }
  | { readonly kind: "interrupted" };

/**
 * All calls go back to the function version that had them, and the description is that one's again.
 *
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_ROLLOUT_UNFINISHED
 */
export async function turnBack(rollout: Walk, stand: Stand, sign: Sign): Promise<Landed> {
  const { run, version, first } = rollout;
  run.step(`bringing all calls back to ${first.version}`);
  try {
    await bringBack(rollout, stand);
  } catch (error) {
    throw isDecided(error) ? error : unfinished(rollout, stand, sign, error);
  }
  const turned = { target: run.target, version, back: first.version, percent: stand.percent };
  if (sign.kind === "interrupted") return ended(first, rolloutInterrupted(turned));
  const error = rolloutReturned(turned, sign.says, sign.hint);
  return sign.kind === "broken" ? ended(first, error) : { ...ended(first, error), rejectedVersion: version };
}

/** Milliseconds between attempts at the return in a run that was cancelled, whose calls are not retried otherwise. */
const RETURN_PAUSES = [500, 1_000, 2_000];

async function bringBack({ run, first }: Walk, { alias }: Stand): Promise<void> {
  const next = {
    version: first.version,
    weights: {},
    description: withoutRollout(first.description),
  };
  for (const pause of run.context.signal.aborted ? RETURN_PAUSES : []) {
    try {
      await writeAlias(run, alias, next);
      return;
    } catch (error) {
      if (!["throttled", "service", "unreachable"].includes(failureClass(error) ?? "")) throw error;
      await delay(pause);
    }
  }
  await writeAlias(run, alias, next);
}

const ended = ({ version }: ObservedAlias, error: SluiceError): Landed => ({
  outcome: "failed",
  version,
  reason: error.message,
  error: error.problems[0],
});

/**
 * What becomes of a rollout in which something was thrown: an alias that has the new version's share is brought back. When it is not
 * known whether it has, it is read first.
 *
 * @throws what was thrown, when nothing of this run's stands in the alias
 */
export async function recover(rollout: Walk, stand: Stand, error: unknown): Promise<Landed> {
  const { run, version } = rollout;
  const isUnclear = ["service", "unreachable"].includes(failureClass(error) ?? "");
  if (isDecided(error) || (!hasWeights(stand.alias) && !isUnclear)) throw error;
  const sign: Sign = run.context.signal.aborted ? { kind: "interrupted" } : signOf(error);
  if (!isUnclear) return turnBack(rollout, stand, sign);
  const now = await getAlias(run, version).catch((second) => {
    throw isDecided(second) ? second : unfinished(rollout, stand, sign, second);
  });
  const share = rolloutOf(now.description, now.weights);
  if (share?.version === version) {
    return turnBack(rollout, { alias: now, percent: share.percent }, sign);
  }
  if (hasWeights(now)) throw aliasConflict(run, now);
  if (now.version === version) return updatedTo(version, "");
  if (now.version === rollout.first.version) throw error;
  throw aliasConflict(run, now);
}

/** What says all about the alias: another has changed it, or it is gone. */
function isDecided(error: unknown): boolean {
  if (failureClass(error) === "absent") return true;
  return isSluiceError(error) && ["SLUICE_TARGET_CONFLICT", "SLUICE_ALIAS_VANISHED"].includes(error.code);
}

function signOf(error: unknown): Sign {
  const says = error instanceof Error ? error.message : String(error);
  if (!isSluiceError(error)) return { kind: "broken", says, hint: "Run the same command again." };
  if (error.code === "SLUICE_ALARM_ACTIVE") return { kind: "bad", says };
  return { kind: "broken", says, hint: error.hint };
}

function unfinished({ run, version }: Walk, { percent }: Stand, sign: Sign, error: unknown): SluiceError {
  const says = sign.kind === "interrupted" ? "the run was interrupted" : sign.says;
  const why = error instanceof Error ? error.message : String(error);
  return rolloutUnfinished({ target: run.target, version, percent }, says, why);
}

import type { Change } from "@sluice/core";
import { hasWeights } from "../traffic/alias-state.ts";
import { ROLLBACK, type RollbackChange } from "./plan-rollback.ts";

/**
 * Whether all that a plan would write is to end rollouts that are under way. Each step of those is guarded by the alias's RevisionId,
 * and so is their end: it needs no hold on the environment, which the run that rolls out has for as long as that takes.
 */
export function endsRolloutsAlone(changes: readonly Change[]): boolean {
  const written = changes.filter(({ action }) => action === "update" || action === "move-alias");
  return written.length > 0 && written.every(endsRollout);
}

function endsRollout(change: Change): boolean {
  if (change.strategy !== ROLLBACK) return false;
  const { state } = change as RollbackChange;
  return state.kind === "move" && hasWeights(state.alias) && state.alias.version === state.version.version;
}

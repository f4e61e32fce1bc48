import { describe } from "../apply/describe.ts";
import { type Landed, updatedTo } from "../apply/target-run.ts";
import { liveDigest } from "../status/live-digest.ts";
import { type AliasRun, writeAlias } from "../traffic/alias.ts";
import { hasWeights } from "../traffic/alias-state.ts";
import { withoutRollout } from "../traffic/rollout.ts";
import type { RollbackState } from "./plan-rollback.ts";

export type Move = Extract<RollbackState, { kind: "move" }>;

/**
 * Moves the alias: one UpdateAlias for all calls, guarded by the RevisionId that `plan` saw. Weights of a rollout go with it.
 *
 * @throws SLUICE_TARGET_CONFLICT, SLUICE_ALIAS_VANISHED, and AWS's errors
 */
export async function moveBack(run: AliasRun, move: Move): Promise<Landed> {
  const { alias, version } = move;
  const number = version.version ?? "";
  run.step(`moving alias ${run.target.alias} back to ${number}`);
  const weights = hasWeights(alias) ? {} : null;
  await writeAlias(run, alias, { version: number, weights, description: descriptionOf(move) });
  return updatedTo(number, "");
}

/** Where the code comes from, as far as it is known: the alias's own words about the version that it stands on already. */
function descriptionOf({ alias, version, record }: Move): string {
  if (alias.version === version.version) return withoutRollout(alias.description);
  const digest = liveDigest(version.codeSha256);
  if (record !== null) return describe(record);
  return digest === null ? "" : describe({ packageVersion: null, commit: null, dirty: null, digest });
}

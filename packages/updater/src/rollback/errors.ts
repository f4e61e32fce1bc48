import { type ProblemCode, type SluiceError, sluiceError, type Target } from "@sluice/core";
import type { Weights } from "../apply/weights.ts";
import { sharesOf } from "../traffic/alias-state.ts";

const at = (target: Target): string => `${target.target} in ${target.region}`;

/** What keeps a rollback from being begun: nothing was written. */
const refused = (target: Target, code: ProblemCode, message: string, hint: string): SluiceError =>
  sluiceError({ code, kind: "refusal", message, where: target.target, hint });

/** Errors of rollbacks, one function per code. */
export const rollbackErrors = {
  /** Neither a record nor an older function version says what callers had before. */
  nowhere: (target: Target, why: string): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_NOWHERE",
      `There is nothing to roll ${at(target)} back to: ${why}.`,
      "sluice versions shows what is there; name a version with --to-version N, or a digest with --to-digest sha256:….",
    ),
  /** A function version that is not there (any more). */
  versionAbsent: (target: Target, version: string, why: string): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_VERSION_ABSENT",
      `${at(target)} has no function version ${version}${why}.`,
      "sluice versions shows those that are there; name one with --to-version N, or a digest with --to-digest sha256:….",
    ),
  /** Lambda could not make that version run. */
  versionFailed: (target: Target, version: string, reason: string | null): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_VERSION_FAILED",
      `Function version ${version} of ${at(target)} is in the state Failed${reason === null ? "" : `: ${reason}`}.`,
      "Name another version with --to-version N; sluice versions shows those that are there.",
    ),
  /** A version that did not pass its test, or its rollout. */
  versionRejected: (target: Target, version: string, at_: string): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_VERSION_REJECTED",
      `Function version ${version} of ${at(target)} was rejected by its test or its rollout (${at_}), and callers never had it since.`,
      "Name another version with --to-version N, or take it all the same with --force.",
    ),
  /** Code that neither a function version nor the store has. */
  digestAbsent: (target: Target, digest: string, why: string, store: string): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_DIGEST_ABSENT",
      `${at(target)} cannot be rolled back to ${digest} (${why}): ${store}.`,
      "Name a version or digest that is there (sluice versions), or check out the commit that you want back and deploy it.",
    ),
  /** Without an alias, going back means deploying older code, which a store must have kept. */
  storeMissing: (target: Target): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_NEEDS_STORE",
      `${at(target)} has no alias that could be moved back, and the environment no store that kept what was deployed before.`,
      'Add `store` (a folder, or "s3://bucket/prefix") or `alias` to the environment; now, check out the commit that you want back and deploy it.',
    ),
  /** Shares of calls that CodeDeploy or a hand has set. */
  foreignWeights: (target: Target, weights: Weights): SluiceError =>
    refused(
      target,
      "SLUICE_ROLLBACK_WEIGHTS",
      `Alias ${target.alias} of ${at(target)} sends ${sharesOf(weights)}, which Sluice has not set: CodeDeploy's or a hand's weights are never overwritten.`,
      "Stop the deployment in CodeDeploy (aws deploy stop-deployment --auto-rollback-enabled), or take the weights away where they were set; then roll back again.",
    ),
};

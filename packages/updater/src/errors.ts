import { type Manifest, type ProblemCode, type SluiceError, sluiceError, type Target } from "@sluice/core";
import type { FunctionState } from "./plan/observed.ts";

const at = (target: Target): string => `${target.target} in ${target.region}`;

/** A configuration that makes no sense. */
const misused = (code: ProblemCode, message: string, where: string, hint: string): SluiceError =>
  sluiceError({ code, kind: "usage", message, where, hint });

/** What would break the function. */
const refused = (code: ProblemCode, message: string, where: string, hint: string): SluiceError =>
  sluiceError({ code, kind: "refusal", message, where, hint });

/** A target that failed, or is in conflict. */
const failed = (target: Target, code: ProblemCode, message: string, hint: string): SluiceError =>
  sluiceError({ code, kind: "target", message, where: target.target, hint });

/** An option of `updateExisting()` that does not exist, or has the wrong type. */
export function optionInvalid(name: string, message: string, hint: string): SluiceError {
  return misused("SLUICE_STRATEGY_OPTION_INVALID", message, `updateExisting({ ${name} })`, hint);
}

/** A `{placeholder}` in a name template that has no meaning. */
export function placeholderUnknown(
  placeholder: string,
  template: string,
  where: string,
  known: readonly string[] = ["function", "environment", "branch"],
): SluiceError {
  return misused(
    "SLUICE_NAME_PLACEHOLDER_UNKNOWN",
    `The name template "${template}" has the unknown placeholder {${placeholder}}.`,
    where,
    `Use ${known.map((name) => `{${name}}`).join(", ")} only.`,
  );
}

/** `{branch}` in a template, and a run that is on no branch. */
export function branchMissing(template: string, where: string): SluiceError {
  return misused(
    "SLUICE_NAME_BRANCH_MISSING",
    `The name template "${template}" needs a branch, and this run is on none.`,
    where,
    "Name the branch with --branch, or leave {branch} out of the template.",
  );
}

/** A name that Lambda would not take. */
export function nameInvalid(
  name: string,
  why: string,
  where: string,
  hint: string = WHAT_NAMES_ARE,
): SluiceError {
  return misused(
    "SLUICE_TARGET_NAME_INVALID",
    `"${name}" is not the name of a function: ${why}.`,
    where,
    hint,
  );
}

const WHAT_NAMES_ARE =
  "Change the name template so that it gives 1 to 64 letters, digits, hyphens and underscores, or the function's whole ARN without a qualifier.";

/** A name with a version or an alias, where the function is wanted. */
export function nameQualified(name: string, qualifier: string, where: string): SluiceError {
  const why = `"${qualifier}" names a version or alias of it`;
  const isAlias = !/^(?:\$LATEST|\d+)$/.test(qualifier);
  const alias = isAlias ? `, and set alias: "${qualifier}" of the environment` : "";
  return nameInvalid(name, why, where, `Leave ":${qualifier}" out of the name${alias}.`);
}

/** An ARN that lies in another region or account than the environment, its role or its credentials. */
export function nameElsewhere(name: string, expected: string, whose: string, where: string): SluiceError {
  return misused(
    "SLUICE_TARGET_ELSEWHERE",
    `"${name}" is not in ${expected}, which is this environment's.`,
    where,
    `Correct the ARN, or the environment's ${whose}.`,
  );
}

/** One bucket for functions of several regions. */
export function storeOfOneRegion(
  store: string,
  regions: readonly string[],
  environment: string,
): SluiceError {
  return misused(
    "SLUICE_STORE_ONE_REGION",
    `The store ${store} is a bucket, which is in one region, and environment "${environment}" has ${regions.length}: ${regions.join(", ")}. Lambda fetches code from a bucket of the function's own region alone.`,
    `environments.${environment}.store`,
    "Give each region a bucket of its own, and write {region} for it, as in s3://artifacts-{region}/team; or give a folder as the store, or none: up to 50 MB then go in the request.",
  );
}

/** Two functions of the configuration that come to one function in AWS. */
export function targetCollision(first: Target, second: Target, where: string): SluiceError {
  return misused(
    "SLUICE_TARGET_COLLISION",
    `The functions "${first.function}" and "${second.function}" both come to ${at(first)}.`,
    where,
    "Use {function} in the name template, so that each gets a name of its own.",
  );
}

/** The function's Handler is not the one that the artifact answers to. */
export function handlerMismatch(target: Target, actual: string, manifest: Manifest): SluiceError {
  return refused(
    "SLUICE_HANDLER_MISMATCH",
    `${at(target)} has the handler "${actual}", and the artifact answers to "${manifest.handler}".`,
    `functions.${manifest.function}.handler`,
    `Set handler: "${actual}" for "${manifest.function}" in the configuration, and the zip is laid out for it; or change Handler where the function is provisioned.`,
  );
}

/** The function's runtime cannot run the artifact. */
export function runtimeMismatch(target: Target, actual: string, manifest: Manifest): SluiceError {
  return refused(
    "SLUICE_RUNTIME_MISMATCH",
    `${at(target)} runs on ${actual}, and the artifact was built for ${manifest.compatibleRuntimes.join(", ")}.`,
    `functions.${manifest.function}.runtime`,
    `Set runtime: "${actual}" for "${manifest.function}" in the configuration, or change Runtime where the function is provisioned.`,
  );
}

/** The function is written in another language: it is hardly the one that is meant. */
export function languageMismatch(target: Target, actual: string, manifest: Manifest): SluiceError {
  return refused(
    "SLUICE_RUNTIME_MISMATCH",
    `${at(target)} runs on ${actual}, and the artifact was built for ${manifest.compatibleRuntimes.join(", ")}, which is another language.`,
    `functions.${manifest.function}`,
    `Is this the function that is meant? Correct \`name\` of the environment, or rename "${manifest.function}"; or change Runtime where the function is provisioned.`,
  );
}

/** The function's architecture cannot run the artifact. */
export function architectureMismatch(target: Target, actual: string, manifest: Manifest): SluiceError {
  return refused(
    "SLUICE_ARCHITECTURE_MISMATCH",
    `${at(target)} runs on ${actual}, and the artifact was built for ${manifest.compatibleArchitectures.join(", ")}.`,
    `functions.${manifest.function}.architecture`,
    `Set architecture: "${actual}" for "${manifest.function}" in the configuration, or change Architectures where the function is provisioned.`,
  );
}

/** The function takes a container image, and the artifact is a zip; or the other way round. */
export function packageTypeMismatch(
  target: Target,
  actual: string,
  manifest: Manifest,
  own: "Zip" | "Image" = "Zip",
): SluiceError {
  return refused(
    "SLUICE_PACKAGE_TYPE_MISMATCH",
    `${at(target)} has the package type ${actual}, and the artifact is ${own === "Zip" ? "a Zip" : "an Image"}.`,
    `functions.${manifest.function}`,
    own === "Zip"
      ? `Give "${manifest.function}" an \`image\` in place of \`entry\` (its URI by digest), or provision the function anew with PackageType Zip: AWS cannot change it later.`
      : `Give "${manifest.function}" an \`entry\` in place of \`image\`, or provision the function anew with PackageType Image: AWS cannot change it later.`,
  );
}

/** Over AWS's limit for direct upload. */
export function packageTooLarge(target: Target, manifest: Manifest, limit: number): SluiceError {
  return refused(
    "SLUICE_PACKAGE_TOO_LARGE",
    `The zip of "${manifest.function}" has ${manifest.sizeBytes} bytes; ${at(target)} takes at most ${limit} by direct upload.`,
    `functions.${manifest.function}`,
    'Set store: "s3://bucket/prefix" in the configuration (a bucket in the function\'s region), so that Lambda fetches the zip from there.',
  );
}

/** The zip on disk is not the one that was planned. */
export function artifactChanged(path: string, manifest: Manifest): SluiceError {
  return sluiceError({
    code: "SLUICE_ARTIFACT_CHANGED",
    kind: "target",
    message: `The zip of "${manifest.function}" is not the one with ${manifest.digest} any more, or cannot be read.`,
    where: path,
    hint: "Something wrote to .sluice/ during this run. Run sluice build, then deploy again.",
  });
}

/** Somebody else changed the target meanwhile. */
export function targetConflict(
  target: Target,
  found: string,
  hint: string = LOOK_AND_RUN_AGAIN,
): SluiceError {
  const message = `${at(target)} was changed by another while this run was under way: ${found}.`;
  return failed(target, "SLUICE_TARGET_CONFLICT", message, hint);
}

const LOOK_AND_RUN_AGAIN =
  "Find out who deployed (sluice plan shows what is there now), then run the same command again if this commit should still be live.";

/** The alias was moved to this run's function version, and `$LATEST` has another's code by now. */
export function aliasMovedLate(target: Target, version: string, now: FunctionState): SluiceError {
  return targetConflict(
    target,
    `alias ${target.alias} was moved to ${version} late, and $LATEST has the CodeSha256 ${now.codeSha256} of a later deployment, whose function version the alias may have stood on already`,
    `Deploy the commit again that should be live, or move the alias with sluice rollback --to-version N.`,
  );
}

/** Another brought other code to `$LATEST` meanwhile, or keeps it from being updated, as AWS's refusal says. */
export function codeConflict(target: Target, now: FunctionState, refusal?: Error): SluiceError {
  const found = `$LATEST now has CodeSha256 ${now.codeSha256}, last modified ${now.lastModified}`;
  if (refusal === undefined) return targetConflict(target, found);
  return targetConflict(target, `${found}; ${refusal.message.replace(/\.$/, "")}`);
}

/** Lambda answered with the hash of other bytes. */
export function codeShaMismatch(target: Target, answered: string | null, manifest: Manifest): SluiceError {
  return failed(
    target,
    "SLUICE_CODE_SHA_MISMATCH",
    `${at(target)} now has CodeSha256 ${answered ?? "(none)"}, and the artifact has ${manifest.codeSha256}. No alias was moved.`,
    "The bytes changed on their way. Deploy again; if it stays, check what stands in the store under this digest.",
  );
}

/** Lambda took the code and could not make it run. */
export function updateFailed(target: Target, state: FunctionState): SluiceError {
  const reasons = [state.lastUpdateReason, state.stateReason].filter((reason) => reason !== null);
  return failed(
    target,
    "SLUICE_UPDATE_FAILED",
    `Lambda could not bring ${at(target)} to its new code: ${reasons.join("; ") || "it gave no reason"}. No alias was moved.`,
    "Correct what Lambda names, where the function is provisioned or in its code, then deploy again.",
  );
}

/** The code is there, and nobody can call it. */
export function functionFailed(target: Target, state: FunctionState): SluiceError {
  return failed(
    target,
    "SLUICE_FUNCTION_FAILED",
    `${at(target)} has this code already, and is in the state Failed: ${state.stateReason ?? "Lambda gives no reason"}.`,
    "Correct what Lambda names where the function is provisioned; deploy with --force if the code has to be sent again.",
  );
}

/** Lambda is not done within the time allowed. */
export function updateTimeout(target: Target, seconds: number, doing: string): SluiceError {
  return failed(
    target,
    "SLUICE_UPDATE_TIMEOUT",
    `${at(target)} was still ${doing} after ${seconds} s.`,
    "Run the same command again later: it goes on from here. updateExisting({ waitSeconds }) allows more time.",
  );
}

/** AWS does not find what this run needs of a function, and the function is there. */
export function versionVanished(target: Target, cause: SluiceError): SluiceError {
  return failed(
    target,
    "SLUICE_VERSION_VANISHED",
    `${at(target)} exists, but not all that this run needs of it. ${cause.message}`,
    "Run the same command again: it looks at what is there, and goes on from there. No alias was moved.",
  );
}

/** The function was deleted after this run had written to it. */
export function functionVanished(target: Target): SluiceError {
  return failed(
    target,
    "SLUICE_FUNCTION_VANISHED",
    `${at(target)} was deleted during this run, after its update was sent.`,
    "Find out who deleted it. Where it is provisioned again, run the same command again.",
  );
}

/** The run was cancelled, and what it had begun could not be finished in time. */
export function updateInterrupted(target: Target, operation: string): SluiceError {
  return failed(
    target,
    "SLUICE_UPDATE_INTERRUPTED",
    `${at(target)} was begun and is not finished: the run was interrupted, and ${operation} did not get its turn within AWS's quota.`,
    "Run the same command again: it goes on from here.",
  );
}

/** The alias was there when the run planned, and is not any more. */
export function aliasVanished(target: Target, version: string): SluiceError {
  return failed(
    target,
    "SLUICE_ALIAS_VANISHED",
    `Alias ${target.alias} of ${at(target)} was deleted during this run; function version ${version} is published, and nothing points to it.`,
    "Create the alias where the function is provisioned, then deploy again.",
  );
}

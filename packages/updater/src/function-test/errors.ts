import { type Problem, type SluiceError, sluiceError, type Target } from "@sluice/core";

/** Why a function version is not let to callers. */
export interface Rejection {
  /** `failed`: it did not do what its test expects. `not-run`: nobody knows, as the test could not be carried out. */
  readonly kind: "failed" | "not-run";
  /** What is wrong, as the end of a sentence without its full stop. */
  readonly why: string;
  /** What was expected and found, lines of a log; redacted. */
  readonly lines: readonly string[];
  /** What to do about it. */
  readonly hint: string;
}

/** What has become of the function version by then. */
export interface Standing {
  readonly version: string;
  /** As `functions.orders.test[0]`. */
  readonly where: string;
  /** Whether callers have it all the same. */
  readonly isLive: boolean;
  /** What callers have, when they do not have it. */
  readonly liveVersion: string | null;
}

function testError(
  code: "SLUICE_TEST_FAILED" | "SLUICE_TEST_NOT_RUN",
  says: string,
  target: Target,
  { why, lines, hint }: Rejection,
  standing: Standing,
): SluiceError {
  const { version, where } = standing;
  const message = `${target.target} in ${target.region}: function version ${version} ${says} (${where}): ${why}.`;
  return sluiceError({
    code,
    kind: "target",
    message: [message, ...lines.map((line) => `  ${line}`)].join("\n"),
    where,
    hint: `${hint} ${whatStands(target, standing)}`,
  });
}

function whatStands({ alias }: Target, { version, isLive, liveVersion }: Standing): string {
  if (isLive && alias === null)
    return `Callers have this code already, since the environment has no alias: take it back with \`sluice rollback\`. With an \`alias\`, they would not have got it.`;
  if (isLive) return `Callers have version ${version} already: take it back with \`sluice rollback\`.`;
  const stays = liveVersion === null ? "stays as it is" : `stays on ${liveVersion}`;
  return `Alias ${alias} ${stays}; the next run tests version ${version} again, and publishes none with the same code.`;
}

/** A function version did not do what its test expects. */
const testFailed = (target: Target, rejection: Rejection, standing: Standing): SluiceError =>
  testError("SLUICE_TEST_FAILED", "did not pass its test", target, rejection, standing);

/** A test could not be carried out, so that the function version counts as untested. */
const testNotRun = (target: Target, rejection: Rejection, standing: Standing): SluiceError =>
  testError("SLUICE_TEST_NOT_RUN", "could not be tested", target, rejection, standing);

/** A test that could not be carried out if there were something to test. */
export function testUnfit(target: Target, { why, hint }: Rejection, where: string): SluiceError {
  const message = `${target.target} in ${target.region} cannot be tested (${where}): ${why}.`;
  return sluiceError({ code: "SLUICE_TEST_NOT_RUN", kind: "target", message, where, hint });
}

/** The problem of a function version that is not let to callers. */
export function rejectionProblem(target: Target, rejection: Rejection, standing: Standing): Problem {
  const make = rejection.kind === "failed" ? testFailed : testNotRun;
  return make(target, rejection, standing).problems[0];
}

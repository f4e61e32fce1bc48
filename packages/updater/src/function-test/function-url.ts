import { isSluiceError } from "@sluice/core";
import { describe } from "../apply/describe.ts";
import type { TargetRun } from "../apply/target-run.ts";
import { type Caller, call, failureClass } from "../call.ts";
import { codeConflict, targetConflict } from "../errors.ts";
import { getFunction } from "../plan/read-function.ts";
import type { Rejection } from "./errors.ts";

/** A function URL behind which the function version under test is. */
export interface TestedUrl {
  readonly url: string;
  /** `AWS_IAM` or `NONE`. */
  readonly authType: string;
}

/**
 * Finds the URL that leads to the new code: that of an alias for tests, which is pointed at the function version first, or that
 * of `$LATEST`, whose code must still be the artifact's.
 *
 * @throws SLUICE_TARGET_CONFLICT when `$LATEST` has another's code by now
 */
export async function findUrl(
  run: TargetRun,
  version: string,
  alias: string | null,
): Promise<TestedUrl | Rejection> {
  const wrong = alias === null ? await checkLatest(run) : await pointAlias(run, alias, version);
  return wrong ?? (await urlOf(run, alias));
}

/**
 * After the answer: whether it came from the function version under test. Another run may have moved the alias, or updated
 * `$LATEST`, meanwhile.
 *
 * @throws SLUICE_TARGET_CONFLICT
 */
export async function checkUntouched(run: TargetRun, version: string, alias: string | null): Promise<void> {
  if (alias === null) return checkLatest(run);
  const input = { FunctionName: run.target.target, Name: alias };
  const { FunctionVersion: now } = await call(run, "GetAlias", (lambda, calls) =>
    lambda.getAlias(input, calls),
  );
  if (now !== version)
    throw targetConflict(run.target, `alias ${alias}, which is for tests, now stands on ${now}`);
}

async function checkLatest(run: TargetRun): Promise<void> {
  const latest = await getFunction(run);
  if (latest.codeSha256 !== run.artifact.manifest.codeSha256) throw codeConflict(run.target, latest);
}

async function pointAlias(run: TargetRun, alias: string, version: string): Promise<Rejection | null> {
  const input = {
    FunctionName: run.target.target,
    Name: alias,
    FunctionVersion: version,
    Description: describe(run.artifact.manifest),
  };
  try {
    const answer = await call(run, "UpdateAlias", (lambda, calls) => lambda.updateAlias(input, calls));
    const others = Object.keys(answer.RoutingConfig?.AdditionalVersionWeights ?? {});
    if (others.length === 0) return null;
    return notRun(
      `alias ${alias}, which is for tests, sends part of its calls to version ${others.join(", ")}`,
      "Take the weights off the alias: a test must know which version has answered.",
    );
  } catch (error) {
    if (failureClass(error) === "absent") {
      // It may be the function that is gone.
      await getFunction(run);
      return notRun(
        `it has no alias ${alias}`,
        `Create the alias, with a function URL, where the function is provisioned; or leave \`alias\` out of the test, which then asks the URL of $LATEST.`,
      );
    }
    return explained(error);
  }
}

/** The URL of an alias, or of `$LATEST`; why a test cannot ask it, when there is none. */
export async function urlOf(caller: Caller, alias: string | null): Promise<TestedUrl | Rejection> {
  const input = { FunctionName: caller.target.target, ...(alias === null ? {} : { Qualifier: alias }) };
  const whose = alias === null ? "$LATEST" : `alias ${alias}`;
  try {
    const { FunctionUrl: url, AuthType: authType } = await call(
      caller,
      "GetFunctionUrlConfig",
      (lambda, calls) => lambda.getFunctionUrlConfig(input, calls),
    );
    if (url !== undefined) return { url, authType: authType ?? "NONE" };
  } catch (error) {
    if (failureClass(error) !== "absent") return explained(error);
  }
  return notRun(
    `${whose} has no function URL`,
    "Give it one where the function is provisioned, or test by an invocation (`invoke`) or a command.",
  );
}

export function notRun(why: string, hint: string): Rejection {
  return { kind: "not-run", why, lines: [], hint };
}

/** What AWS answered, as the reason of a test that was not run. What is no target's failure goes on as it is. */
export function explained(error: unknown): Rejection {
  if (!isSluiceError(error) || error.problems[0].kind === "interrupted") throw error;
  return notRun(error.message.replace(/\.$/, ""), error.hint);
}

import type { Problem, ResolvedTest } from "@sluice/core";
import type { Landed, TargetRun } from "../apply/target-run.ts";
import { testByCommand } from "./command.ts";
import { type Rejection, rejectionProblem } from "./errors.ts";
import { testByRequest } from "./http.ts";
import { testByInvocation } from "./invocation.ts";
import { placeOfTest } from "./tests-of.ts";

/** A function version that is not let to callers. */
export interface TestFailure {
  /** SLUICE_TEST_FAILED or SLUICE_TEST_NOT_RUN. */
  readonly problem: Problem;
}

/**
 * Tests a function version that is ready, by one test after another until one fails.
 *
 * @param tests - instead of the target's own: those between the steps of a rollout
 * @returns `null` when all have passed, or there are none
 * @throws ResourceNotFoundException, SLUICE_TARGET_CONFLICT, and an interruption before anything was written
 */
export async function runTests(
  run: TargetRun,
  version: string,
  tests: readonly ResolvedTest[] = run.tests,
): Promise<TestFailure | null> {
  for (const [index, test] of tests.entries()) {
    run.step(
      tests.length === 1 ? `testing ${version}` : `testing ${version}, ${index + 1} of ${tests.length}`,
    );
    const rejection = await runTest(run, version, test);
    if (rejection !== null)
      return { problem: problemOf(run, version, rejection, placeOf(run, tests, index)) };
  }
  return null;
}

async function runTest(run: TargetRun, version: string, test: ResolvedTest): Promise<Rejection | null> {
  if (run.context.signal.aborted) {
    // Nothing was done to this target yet: then it is skipped as any other.
    if (!run.trace.written) throw run.context.signal.reason;
    return INTERRUPTED;
  }
  if (test.kind === "invoke") return testByInvocation(run, version, test);
  return test.kind === "http" ? testByRequest(run, version, test) : testByCommand(run, version, test);
}

const INTERRUPTED: Rejection = {
  kind: "not-run",
  why: "the run was interrupted before",
  lines: [],
  hint: "Run the same command again.",
};

function placeOf(
  { input, target, tests: own }: TargetRun,
  tests: readonly ResolvedTest[],
  index: number,
): string {
  if (tests === own) return placeOfTest(input, target.function, index);
  return `environments.${input.environment.name}.traffic.test[${index}]`;
}

function problemOf(run: TargetRun, version: string, rejection: Rejection, where: string): Problem {
  const standing = { version, where, isLive: isLive(run, version), liveVersion: run.previousVersion };
  return rejectionProblem(run.target, rejection, standing);
}

/** Whether callers have a function version before it is tested: without an alias they get `$LATEST`. */
function isLive({ seen, input, target, previousVersion }: TargetRun, version: string): boolean {
  if (seen.aliasExists) return previousVersion === version;
  const { environment, options } = input;
  const isCreated = target.alias !== null && (environment.createAlias || options.createAlias === true);
  return !isCreated;
}

/** How a target ends whose new function version did not pass: the alias stays where it is. */
export function rejected(run: TargetRun, version: string, { problem }: TestFailure): Landed {
  return {
    outcome: "failed",
    version: isLive(run, version) ? version : run.previousVersion,
    reason: problem.message,
    error: problem,
    rejectedVersion: version,
  };
}

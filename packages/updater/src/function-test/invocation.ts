import type { LambdaApi } from "@sluice/aws";
import { isSluiceError, type ResolvedTest, type SluiceError } from "@sluice/core";
import type { TargetRun } from "../apply/target-run.ts";
import { call, failureClass, isInterruption } from "../call.ts";
import { firstDifference } from "./difference.ts";
import type { Rejection } from "./errors.ts";
import { lastLines } from "./log-tail.ts";
import { shownDifference, shownText } from "./shown.ts";
import { LATE, within } from "./within.ts";

export type InvocationTest = Extract<ResolvedTest, { readonly kind: "invoke" }>;
type Answer = Awaited<ReturnType<LambdaApi["invoke"]>>;

/** Milliseconds between invocations that Lambda throttled; the SDK's own retries lie between them. */
const PAUSE = 1_000;

/** Failures by which the function did not run: no concurrency left, or Lambda is still getting it ready (409). */
const NOT_RUN: ReadonlySet<string | null> = new Set(["throttled", "conflict"]);

/**
 * Invokes the function version, and compares the result with what is expected.
 *
 * What Lambda throttled did not run, and is sent again until the test's time is up; an invocation that may have run is never
 * repeated.
 *
 * @throws ResourceNotFoundException, and an interruption
 */
export async function testByInvocation(
  run: TargetRun,
  version: string,
  test: InvocationTest,
): Promise<Rejection | null> {
  const answer = await invoke(run, version, test);
  return "why" in answer ? answer : judge(run, test, answer);
}

async function invoke(run: TargetRun, version: string, test: InvocationTest): Promise<Answer | Rejection> {
  const { context, target, calls } = run;
  const deadline = context.now() + test.timeoutSeconds * 1_000;
  const payload = test.payload === undefined ? undefined : JSON.stringify(test.payload);
  const input = {
    FunctionName: target.target,
    Qualifier: version,
    LogType: "Tail" as const,
    ...(payload === undefined ? {} : { Payload: new TextEncoder().encode(payload) }),
  };
  for (;;) {
    const before = calls["Invoke"] ?? 0;
    try {
      const sent = call(run, "Invoke", (lambda, counter) => lambda.invoke(input, counter));
      const answer = await within(sent, deadline - context.now());
      return answer === LATE ? late(test, (calls["Invoke"] ?? 0) - before) : answer;
    } catch (error) {
      if (failureClass(error) === "absent" || isInterruption(error) || !isSluiceError(error)) throw error;
      if (!NOT_RUN.has(failureClass(error)) || context.now() + PAUSE >= deadline) return notInvoked(error);
    }
    await context.sleep(PAUSE);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
const CONCURRENCY =
  "Raise the function's reserved concurrency, or the account's; or the test's timeoutSeconds, where it is busy for a short time only.";

function late({ timeoutSeconds }: InvocationTest, attempts: number): Rejection {
  if (attempts > 1)
    return {
      kind: "not-run",
      why: `Lambda throttled ${attempts - 1} of ${attempts} invocations, and there was no result within ${timeoutSeconds} s`,
      lines: [],
      hint: CONCURRENCY,
    };
  return {
    kind: "failed",
    why: `the invocation gave no result within ${timeoutSeconds} s`,
    lines: [],
    hint: "Look at its log (sluice logs); where it may take longer, raise the test's timeoutSeconds.",
  };
}

function notInvoked(error: SluiceError): Rejection {
  const why = error.message.replace(/\.$/, "");
  const hint = failureClass(error) === "throttled" ? CONCURRENCY : error.hint;
  return { kind: "not-run", why, lines: [], hint };
}

function judge({ context }: TargetRun, test: InvocationTest, answer: Answer): Rejection | null {
  const { redact } = context;
  const log = lastLines(answer.LogResult, redact);
  const logged = log.length === 0 ? [] : ["its log ends with", ...log.map((line) => `  ${line}`)];
  const text = Buffer.from(answer.Payload ?? "").toString("utf8");
  const hint = "Correct the function, or what the test expects.";
  if (answer.FunctionError !== undefined) {
    const lines = [shownText(text, redact), ...logged];
    return { kind: "failed", why: `it ended with a function error (${answer.FunctionError})`, lines, hint };
  }
  if (!("expect" in test)) return null;
  const difference = firstDifference(plain(test.expect), parsed(text));
  if (difference === null) return null;
  const lines = [...shownDifference(difference, redact), ...logged];
  return { kind: "failed", why: `its result is not what is expected at ${difference.path}`, lines, hint };
}

/** As JSON has it: what a configuration may have beyond that, such as `undefined`, is left out. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** A custom runtime may answer with what is no JSON. */
function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

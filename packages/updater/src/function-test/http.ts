import { classifyAwsError } from "@sluice/aws";
import type { ResolvedTest } from "@sluice/core";
import { isInterruption } from "../call.ts";
import type { TargetRun } from "../target-run.ts";
import type { Rejection } from "./errors.ts";
import { checkUntouched, explained, findUrl, notRun, type TestedUrl } from "./function-url.ts";
import { judgeAnswer } from "./http-answer.ts";

export type HttpTest = Extract<ResolvedTest, { readonly kind: "http" }>;
type HttpRequest = Parameters<TargetRun["aws"]["requestFunctionUrl"]>[1];
type HttpAnswer = Awaited<ReturnType<TargetRun["aws"]["requestFunctionUrl"]>>;

/** Milliseconds between attempts to connect. */
const PAUSE = 500;

/** Methods that may be sent again when nobody knows whether they have arrived (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);

/**
 * Asks the function URL of the new code, and compares the answer with what is expected. Where no connection comes about, as with a
 * URL that was just made, it is tried until the test's time is up; an answer is final.
 *
 * @throws ResourceNotFoundException about the function, SLUICE_TARGET_CONFLICT, and an interruption
 */
export async function testByRequest(
  run: TargetRun,
  version: string,
  test: HttpTest,
): Promise<Rejection | null> {
  const found = await findUrl(run, version, test.alias);
  if ("why" in found) return found;
  const answer = await ask(run, found, test);
  if ("why" in answer) return answer;
  await checkUntouched(run, version, test.alias);
  return judgeAnswer(test, answer, found.authType, run.context.redact);
}

async function ask(
  run: TargetRun,
  { url, authType }: TestedUrl,
  test: HttpTest,
): Promise<HttpAnswer | Rejection> {
  const { context, aws } = run;
  const deadline = context.now() + test.timeoutSeconds * 1_000;
  for (;;) {
    const timeoutMs = Math.max(1, deadline - context.now());
    try {
      return await aws.requestFunctionUrl(url, { ...requestOf(test), authType, timeoutMs });
    } catch (error) {
      if (isInterruption(error) || classifyAwsError(error) !== "unreachable") return explained(error);
      const left = deadline - context.now();
      if (left <= PAUSE || !mayAskAgain(test, error)) return noAnswer(url, test, error, left <= PAUSE);
    }
    await context.sleep(PAUSE);
  }
}

/** Somebody was there when it broke off: what is not idempotent may have been done. */
function mayAskAgain({ method }: HttpTest, error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return IDEMPOTENT.has(method) || code === "SLUICE_AWS_UNREACHABLE";
}

function noAnswer(url: string, test: HttpTest, error: unknown, isLate: boolean): Rejection {
  const why = (error as Error).message.replace(/\.$/, "");
  const late = isLate ? ` within ${test.timeoutSeconds} s` : "";
  const hint =
    "Look at the function's log (sluice logs); where it may take longer, raise the test's timeoutSeconds.";
  return notRun(`${test.method} ${test.path} had no answer from ${new URL(url).host}${late} (${why})`, hint);
}

function requestOf({ method, path, headers, body }: HttpTest): Omit<HttpRequest, "authType" | "timeoutMs"> {
  if (body === undefined) return { method, path, headers, body: null };
  const isText = typeof body === "string";
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    method,
    path,
    headers: isText || isTyped ? headers : { ...headers, "content-type": "application/json" },
    body: new TextEncoder().encode(isText ? body : JSON.stringify(body)),
  };
}

import { awsProblem, classifyAwsError } from "@sluice/aws";
import type { ResolvedTest, SluiceError } from "@sluice/core";
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
  const { context, aws, target } = run;
  const deadline = context.now() + test.timeoutSeconds * 1_000;
  for (;;) {
    const timeoutMs = Math.max(1, deadline - context.now());
    try {
      return await aws.requestFunctionUrl(url, { ...requestOf(test), authType, timeoutMs });
    } catch (error) {
      const problem = awsProblem(error, { operation: "InvokeFunctionUrl", ...target });
      if (classifyAwsError(problem) !== "unreachable") return explained(problem);
      const isLate = deadline - context.now() <= PAUSE;
      if (isLate || !mayAskAgain(test, problem)) return noAnswer(run, test, problem, isLate);
    }
    await context.sleep(PAUSE);
  }
}

/** Somebody was there when it broke off: what is not idempotent may have been done. */
function mayAskAgain({ method }: HttpTest, { code }: SluiceError): boolean {
  return IDEMPOTENT.has(method) || code === "SLUICE_AWS_UNREACHABLE";
}

function noAnswer(
  { context }: TargetRun,
  test: HttpTest,
  { message }: SluiceError,
  isLate: boolean,
): Rejection {
  const late = isLate ? ` within ${test.timeoutSeconds} s` : "";
  return notRun(
    `${test.method} ${context.redact(test.path)} had no answer${late} (${message.replace(/\.$/, "")})`,
    "Look at the function's log (sluice logs); where it may take longer, raise the test's timeoutSeconds.",
  );
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

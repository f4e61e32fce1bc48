import { awsProblem, classifyAwsError } from "@sluice/aws";
import { createRedactor, type Redactor, type ResolvedTest, type SluiceError } from "@sluice/core";
import type { TargetRun } from "../apply/target-run.ts";
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
  return judgeAnswer(test, answer, found.authType, withoutSecretsOf(test, run.context.redact));
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
  const redact = withoutSecretsOf(test, context.redact);
  const late = isLate ? ` within ${test.timeoutSeconds} s` : "";
  return notRun(
    `${test.method} ${redact(test.path)} had no answer${late} (${message.replace(/\.$/, "")})`,
    "Look at the function's log (sluice logs); where it may take longer, raise the test's timeoutSeconds.",
  );
}

/** Names of headers and query parameters whose values are secrets. */
const SECRET = /auth|cookie|token|secret|passw|signature|key/i;

/** Also hides what a test's request proves itself with: a server may send it back. */
function withoutSecretsOf({ headers, path }: HttpTest, redact: Redactor): Redactor {
  const sent = [...Object.entries(headers), ...new URLSearchParams(path.split("?")[1])];
  const secrets = sent.filter(([name]) => SECRET.test(name)).map(([, value]) => value);
  // Of `Bearer x` also `x` alone.
  const hide = createRedactor({}, [...secrets, ...secrets.flatMap((value) => value.split(" ").slice(1))]);
  return (text) => redact(hide(text));
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

import type { Redactor, ResolvedTest } from "@sluice/core";
import { firstDifference } from "./difference.ts";
import type { Rejection } from "./errors.ts";
import { shownDifference, shownText } from "./shown.ts";

type HttpTest = Extract<ResolvedTest, { readonly kind: "http" }>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Compares an answer with what a test expects: status, then headers, then body. */
export function judgeAnswer(
  test: HttpTest,
  answer: HttpAnswer,
  authType: string,
  redact: Redactor,
): Rejection | null {
  const body = new TextDecoder().decode(answer.body);
  const asked = `${test.method} ${redact(test.path)}`;
  const failed = (why: string, lines: readonly string[], hint = HINT): Rejection => ({
    kind: "failed",
    why: `${asked} ${why}`,
    lines,
    hint,
  });
  const bodyLines = body === "" ? [] : [`body  ${shownText(body, redact)}`];
  if (!isExpectedStatus(test, answer.status))
    return failed(
      `answered ${answer.status} instead of ${statusesOf(test)}`,
      bodyLines,
      answer.status === 403 ? forbidden(authType) : HINT,
    );
  for (const [name, expected] of Object.entries(test.expect.headers)) {
    const found = headerOf(answer, name);
    if (!holdsHeader(expected, found))
      return failed(`answered with another header ${name.toLowerCase()}`, [
        ...shownDifference({ path: name, expected, found }, redact),
      ]);
  }
  if (!("body" in test.expect)) return null;
  return judgeBody(test.expect.body, body, redact, failed);
}

const HINT = "Correct the function, or what the test expects.";

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html: since October 2025 both actions are needed. */
const forbidden = (authType: string): string =>
  authType === "NONE"
    ? "If Lambda itself answered so, the function's resource policy does not let everybody call the URL (lambda:InvokeFunctionUrl and lambda:InvokeFunction)."
    : "If Lambda itself answered so, allow lambda:InvokeFunctionUrl and lambda:InvokeFunction to these credentials.";

function isExpectedStatus({ expect: { statuses } }: HttpTest, status: number): boolean {
  return statuses.length === 0 ? status >= 200 && status <= 299 : statuses.includes(status);
}

const statusesOf = ({ expect: { statuses } }: HttpTest): string =>
  statuses.length === 0 ? "200 to 299" : statuses.join(" or ");

const headerOf = ({ headers }: HttpAnswer, wanted: string): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];

/** Case does not count, nor do parameters that are not asked for: `application/json` holds `…; charset=utf-8`. */
function holdsHeader(expected: string, found: string | undefined): boolean {
  const [wanted, given] = [expected.trim().toLowerCase(), found?.trim().toLowerCase()];
  return given === wanted || given?.split(";")[0]?.trim() === wanted;
}

function judgeBody(
  expected: unknown,
  body: string,
  redact: Redactor,
  failed: (why: string, lines: readonly string[]) => Rejection,
): Rejection | null {
  if (typeof expected === "string")
    return body.includes(expected)
      ? null
      : failed("answered without the text that is expected in its body", [
          ...shownDifference({ path: "$", expected, found: body }, redact),
        ]);
  let found: unknown;
  try {
    found = JSON.parse(body);
  } catch {
    return failed("answered with a body that is no JSON", [`body  ${shownText(body, redact)}`]);
  }
  const difference = firstDifference(JSON.parse(JSON.stringify(expected)), found);
  if (difference === null) return null;
  return failed(`answered with a body that is not what is expected at ${difference.path}`, [
    ...shownDifference(difference, redact),
    ...(difference.path === "$" ? [] : [`body      ${shownText(body, redact)}`]),
  ]);
}

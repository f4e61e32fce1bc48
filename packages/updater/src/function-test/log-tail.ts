import type { Redactor } from "@sluice/core";

/** Lines of a log that an error shows. */
const LINES = 10;

/** What Lambda itself writes about each invocation, in its text format. */
const PLATFORM = /^(?:INIT_START|START RequestId|END RequestId|REPORT RequestId|XRAY TraceId)\b/;

/**
 * The last lines that a function wrote, redacted.
 *
 * @param tail - base64, as Invoke gives it with LogType Tail: the last 4 KB
 */
export function lastLines(tail: string | undefined, redact: Redactor): readonly string[] {
  if (tail === undefined) return [];
  const lines = Buffer.from(tail, "base64").toString("utf8").split(/\r?\n/);
  const own = lines.map((line) => line.trimEnd()).filter((line) => line !== "" && !PLATFORM.test(line));
  return redact(own.slice(-LINES).join("\n"))
    .split("\n")
    .filter((line) => line !== "");
}

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Report, SluiceError, TargetReport } from "@sluice/core";

/** XML 1.0, section 2.4 and 2.2: the five characters that markup needs, and control characters that XML cannot hold. */
function escapeXml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&apos;")
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}

/** A message of several lines begins in the attribute, where XML makes spaces of line ends (section 3.3.3), and goes on in the text. */
function failureElement(name: "failure" | "error", code: string, message: string, hint: string): string {
  const [first = "", ...rest] = message.split("\n");
  const text = [...rest, hint].join("\n");
  return `<${name} type="${escapeXml(code)}" message="${escapeXml(first)}">${escapeXml(text)}</${name}>`;
}

function testCase(row: TargetReport, suite: string): string {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(`${row.target} (${row.region})`)}" time="${(row.durationMs / 1000).toFixed(3)}"`;
  if (row.outcome === "failed" || row.outcome === "conflict") {
    const { code, message, hint } = row.error ?? { code: row.outcome, message: row.reason, hint: "" };
    return `${open}>\n      ${failureElement("failure", code, message, hint)}\n    </testcase>`;
  }
  if (row.outcome === "skipped" || row.outcome === "absent") {
    return `${open}>\n      <skipped message="${escapeXml(`${row.outcome}: ${row.reason}`)}"/>\n    </testcase>`;
  }
  return `${open}>\n      <system-out>${escapeXml(`${row.outcome}: ${row.reason}`)}</system-out>\n    </testcase>`;
}

/** What stopped the run, as a test case of its own, so that a red job is red in its report. */
function errorCases(error: SluiceError | null, suite: string): string[] {
  return (error?.problems ?? []).map(({ code, message, hint }) => {
    const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(code)}" time="0.000">`;
    return `${open}\n      ${failureElement("error", code, message, hint)}\n    </testcase>`;
  });
}

/** A report in the JUnit form that GitLab, Jenkins, Bamboo and Azure read: a test case per target. */
export function formatJunit(report: Report, error: SluiceError | null): string {
  const { summary, targets } = report;
  const suite = `sluice.${report.command}.${report.environment ?? "none"}`;
  const failures = summary.failed + summary.conflict;
  const skipped = summary.skipped + summary.absent;
  const time = (targets.reduce((sum, row) => sum + row.durationMs, 0) / 1000).toFixed(3);
  const errors = errorCases(error, suite);
  const counts = `tests="${targets.length + errors.length}" failures="${failures}" errors="${errors.length}" skipped="${skipped}" time="${time}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="${escapeXml(suite)}" ${counts}>
${[...targets.map((row) => testCase(row, suite)), ...errors].join("\n")}
  </testsuite>
</testsuites>
`;
}

/** Writes {@link formatJunit} to a file, relative to `cwd`. */
export async function writeJunit(
  report: Report,
  error: SluiceError | null,
  file: string,
  cwd: string,
  redact: (text: string) => string,
): Promise<void> {
  const path = resolve(cwd, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, redact(formatJunit(report, error)));
}

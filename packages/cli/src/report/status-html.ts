import { createHash } from "node:crypto";
import type { Problem } from "@sluice/core";
import type { EnvironmentStatus, FunctionStatus } from "@sluice/updater";
import { formatAge } from "./age.ts";
import { STATUS_STYLE } from "./status-page-style.ts";
import { CONDITIONS, conditionOf, nameOf, remarks, summary } from "./status-words.ts";

/** Text in HTML, in attributes too (HTML, 13.1.2.3); control characters that no page can hold are shown as such. */
function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;")
    .replace(/[^\t\n\r\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}

/** The page's policy: nothing is loaded, nothing runs, and the one style is this one. */
function policy(): string {
  const hash = createHash("sha256").update(STATUS_STYLE).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function time(at: string | null, now: number): string {
  if (at === null) return "";
  return `<time datetime="${escapeHtml(at)}" title="${escapeHtml(at)}">${formatAge(at, now)}</time>`;
}

/** What is live: `version 7 at live · 1.4.0 · 0123456789ab`. */
function facts({ version, alias, packageVersion, commit }: FunctionStatus): string {
  const parts = [
    version === null ? "" : `version <strong>${escapeHtml(version)}</strong>`,
    alias === null ? "" : `at ${escapeHtml(alias)}`,
  ].filter(Boolean);
  const from = [packageVersion ?? "", commit === null ? "" : commit.slice(0, 12)]
    .filter(Boolean)
    .map((text) => `<code>${escapeHtml(text)}</code>`);
  return [parts.join(" "), ...from].filter(Boolean).join(" · ");
}

function target(status: FunctionStatus, now: number): string {
  const condition = conditionOf(status);
  const { account, region, target: name, error, deployedAt, who, digest } = status;
  const place = [name, account, region].filter((part) => part !== null && part !== "").join(" · ");
  const by = nameOf(who);
  const age = [time(deployedAt, now), by === "" ? "" : `by ${escapeHtml(by)}`].filter(Boolean).join(" ");
  const lines = [
    `<span class="state">${CONDITIONS[condition]}</span>`,
    facts(status),
    age,
    ...remarks(status, now).map(escapeHtml),
    ...(error === null
      ? []
      : [escapeHtml(error.message), `<code>${error.code}</code> ${escapeHtml(error.hint)}`]),
    `<span class="place" title="${escapeHtml(digest ?? "")}">${escapeHtml(place)}</span>`,
  ];
  const shown = lines.filter((line) => line !== "").map((line) => `<p>${line}</p>`);
  return `<div class="target ${condition}">${shown.join("")}</div>`;
}

function cell({ name, functions }: EnvironmentStatus, functionName: string, now: number): string {
  const own = functions.filter((each) => each.function === functionName);
  const content =
    own.length === 0 ? `<p class="quiet">not read</p>` : own.map((each) => target(each, now)).join("");
  return `<td role="cell" data-environment="${escapeHtml(name)}">${content}</td>`;
}

function problem(name: string, { code, message, hint }: Problem): string {
  return `<div class="error" role="note"><p><strong>${escapeHtml(name)}</strong>: ${escapeHtml(message)}</p><p><code>${code}</code> ${escapeHtml(hint)}</p></div>`;
}

function held({ name, lease }: EnvironmentStatus, now: number): string {
  if (lease === null) return "";
  return `<p><strong>${escapeHtml(name)}</strong> is held by ${escapeHtml(lease.holder)}, since ${time(lease.since, now)}.</p>`;
}

/** The page of `status --html`: functions × environments, in one file that loads nothing. */
export function formatStatusPage(environments: readonly EnvironmentStatus[], now: number): string {
  const names = [...new Set(environments.flatMap(({ functions }) => functions.map((each) => each.function)))];
  const heads = environments.map(
    ({ name }) => `<th scope="col" role="columnheader">${escapeHtml(name)}</th>`,
  );
  const rows = names.map((name) => {
    const cells = environments.map((environment) => cell(environment, name, now));
    return `<tr role="row"><th scope="row" role="rowheader">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  const notes = environments.flatMap((environment) => [
    held(environment, now),
    ...environment.errors.map((error) => problem(environment.name, error)),
  ]);
  const at = new Date(now).toISOString();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is live</title>
<style>${STATUS_STYLE}</style>
</head>
<body>
<h1>What is live</h1>
<p>${escapeHtml(summary(environments))}<br><span class="quiet">read <time datetime="${at}">${at.slice(0, 16).replace("T", " ")} UTC</time></span></p>
${notes.filter(Boolean).join("\n")}
<main class="scroll" tabindex="0" aria-label="Functions by environment">
<table role="table">
<caption>Functions by environment</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">function</th>${heads.join("")}</tr></thead>
<tbody role="rowgroup">
${rows.join("\n")}
</tbody>
</table>
</main>
</body>
</html>
`;
}

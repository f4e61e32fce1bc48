import type { Outcome, Report, TargetReport } from "@sluice/core";
import type { Colors } from "../terminal/colors.ts";
import { wrap } from "../terminal/problems.ts";

const SIGNS: Readonly<Record<Outcome, string>> = {
  updated: "✓",
  unchanged: "=",
  absent: "-",
  conflict: "✗",
  failed: "✗",
  skipped: "·",
};

function paintOutcome(outcome: Outcome, text: string, colors: Colors): string {
  if (outcome === "updated") return colors.green(text);
  if (outcome === "failed" || outcome === "conflict") return colors.red(text);
  return outcome === "absent" ? colors.yellow(text) : colors.dim(text);
}

/** Bytes as people read them: 14.2 kB, 1.3 MB (powers of ten, as AWS's console shows them). */
export function formatSize(bytes: number | null): string {
  if (bytes === null) return "";
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Milliseconds as people read them: 80 ms, 1.2 s. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function versions(row: TargetReport, planned: boolean): string {
  const { previousVersion: from, version: to, rejectedVersion: rejected } = row;
  // What callers have, then what they do not get; without an alias they have it all the same.
  if (rejected !== undefined)
    return to === null || to === rejected ? `${rejected} rejected` : `${to} (${rejected} rejected)`;
  if (row.outcome === "updated" && planned && from !== to)
    return from === null ? (to ?? "new") : `${from} → ${to ?? "new"}`;
  if (row.outcome === "updated" && from !== null && to !== null && from !== to) return `${from} → ${to}`;
  return to ?? from ?? "";
}

function cells(row: TargetReport, planned: boolean, regions: boolean): string[] {
  const kind = row.function.startsWith("layer:") ? "layer " : "";
  const name = `${kind}${row.target}${regions ? ` ${row.region}` : ""}`;
  const outcome = planned && row.outcome === "updated" ? "update" : row.outcome;
  const alias = row.alias !== null && row.outcome !== "absent" ? row.alias : "";
  return [
    name,
    outcome,
    versions(row, planned),
    alias,
    formatSize(row.outcome === "updated" ? row.sizeBytes : null),
  ];
}

/**
 * The table of targets: aligned, one line each, and a second one where there is something to explain.
 *
 * @param more - lines below a target
 * @param shownBelow - messages of errors that are told in full after the table
 */
export function formatTargets(
  report: Report,
  colors: Colors,
  more: (row: TargetReport) => readonly string[] = () => [],
  shownBelow: ReadonlySet<string> = new Set(),
): string {
  const regions = new Set(report.targets.map((row) => row.region)).size > 1;
  const table = report.targets.map((row) => cells(row, report.dryRun, regions));
  const widths = [0, 1, 2, 3, 4].map((index) => Math.max(0, ...table.map((row) => row[index]?.length ?? 0)));
  return report.targets
    .map((row, index) => {
      const [name = "", outcome = "", ...others] =
        table[index]?.map((cell, column) => cell.padEnd(widths[column] ?? 0)) ?? [];
      const rest = others.filter((_, column) => (widths[column + 2] ?? 0) > 0).join("  ");
      const line = `  ${paintOutcome(row.outcome, SIGNS[row.outcome], colors)} ${colors.bold(name)}  ${paintOutcome(row.outcome, outcome, colors)}  ${rest}`;
      return [line.trimEnd(), ...explain(row, colors, shownBelow), ...more(row)].join("\n");
    })
    .join("\n");
}

function explain(row: TargetReport, colors: Colors, shownBelow: ReadonlySet<string>): string[] {
  if (row.error !== null) {
    if (shownBelow.has(row.error.message)) return [`    ${colors.dim(row.error.code)}`];
    return [
      ...wrap(row.error.message, 74).map((line) => `    ${line}`),
      `    ${colors.dim(row.error.code)}`,
      ...wrap(row.error.hint, 72).map((line, index) => `    ${index === 0 ? colors.cyan("→") : " "} ${line}`),
    ];
  }
  // In one piece: for copying to where functions are provisioned.
  const arn = row.arn === undefined ? [] : [`    ${colors.dim(row.arn)}`];
  if (row.outcome === "unchanged") return arn;
  return [...wrap(row.reason, 74).map((line) => `    ${colors.dim(line)}`), ...arn];
}

/** `2 targets: 1 updated, 1 unchanged`. */
export function formatSummary(report: Report): string {
  const count = report.targets.length;
  const parts = Object.entries(report.summary)
    .filter(([, number]) => number > 0)
    .map(
      ([outcome, number]) => `${number} ${report.dryRun && outcome === "updated" ? "to update" : outcome}`,
    );
  return `${count} ${count === 1 ? "target" : "targets"}: ${parts.join(", ")}`;
}

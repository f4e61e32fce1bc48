import type { Result } from "./result.ts";

const WIDTH = 100;

function cut(text: string): string {
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

function counted(results: readonly Result[], outcome: Result["outcome"]): number {
  return results.filter((result) => result.outcome === outcome).length;
}

/** Results of one cause, the most frequent cause first. */
function byCause(results: readonly Result[]): readonly (readonly [string, readonly Result[]])[] {
  const causes = new Map<string, Result[]>();
  for (const result of results) {
    const cause = result.code ?? result.outcome;
    causes.set(cause, [...(causes.get(cause) ?? []), result]);
  }
  return [...causes].sort(
    ([one, first], [other, second]) => second.length - first.length || (one < other ? -1 : 1),
  );
}

/** A line for each part of the corpus: its first `depth` folders. */
function totals(results: readonly Result[], depth: number): string[] {
  const parts = new Map<string, Result[]>();
  for (const result of results) {
    const part = result.file.split("/").slice(0, depth).join("/");
    parts.set(part, [...(parts.get(part) ?? []), result]);
  }
  const rows: [string, readonly Result[]][] = [...parts, ["all", [...results]]];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `  ${"".padEnd(width)}  handlers   passed  unproved   failed`,
    ...rows.map(([name, own]) => {
      const counts = [own.length, counted(own, "passed"), counted(own, "unproved"), counted(own, "failed")];
      return `  ${name.padEnd(width)}${counts.map((count) => String(count).padStart(10)).join("")}`;
    }),
  ];
}

/** Prints results: what passed as numbers, everything else with its reason, grouped by cause. */
export function formatResults(results: readonly Result[], depth: number): string {
  const others = results.filter(({ outcome }) => outcome !== "passed");
  const causes = byCause(others).flatMap(([cause, own]) => [
    "",
    `${cause}  ${own.length}`,
    ...own.flatMap(({ file, exportName, reason }) => [cut(`  ${file}#${exportName}`), cut(`    ${reason}`)]),
  ]);
  return [...totals(results, depth), ...causes].join("\n");
}

import type { Cause, Owner } from "./cause.ts";
import type { Result } from "./result.ts";

const OWNERS: Readonly<Record<Owner, string>> = {
  open: "to be looked at",
  project: "the project's own",
  surroundings: "what it needs is elsewhere",
};

function counted(results: readonly Result[], outcome: Result["outcome"]): number {
  return results.filter((result) => result.outcome === outcome).length;
}

/** Results of one cause, those to be looked at first, then the most frequent. */
function byCause(results: readonly Result[]): readonly (readonly [Cause, readonly Result[]])[] {
  const causes = new Map<string, [Cause, Result[]]>();
  for (const result of results) {
    if (result.cause === null) continue;
    const known = causes.get(result.cause.name);
    if (known === undefined) causes.set(result.cause.name, [result.cause, [result]]);
    else known[1].push(result);
  }
  const order = Object.keys(OWNERS);
  return [...causes.values()].sort(
    ([one, first], [other, second]) =>
      order.indexOf(one.owner) - order.indexOf(other.owner) ||
      second.length - first.length ||
      (one.name < other.name ? -1 : 1),
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

/** How many handlers were bundled for each runtime. */
function runtimes(results: readonly Result[]): string {
  const counts = new Map<string, number>();
  for (const { runtime } of results) counts.set(runtime, (counts.get(runtime) ?? 0) + 1);
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([runtime, count]) => `${runtime} ${count}`)
    .join(", ");
}

/** What passed as numbers, everything else with its reason in full, grouped by cause. */
export function formatResults(results: readonly Result[], depth: number): string {
  const causes = byCause(results).flatMap(([{ name, owner }, own]) => [
    "",
    `${name} (${OWNERS[owner]})  ${own.length}`,
    ...own.flatMap(({ file, exportName, reason }) => [`  ${file}#${exportName}`, `    ${reason}`]),
  ]);
  return [...totals(results, depth), "", `  ${runtimes(results)}`, ...causes].join("\n");
}

import type { FunctionVersions } from "@sluice/updater";
import type { Colors } from "../terminal/colors.ts";
import { formatProblem, wrap } from "../terminal/problems.ts";
import { formatAge } from "./age.ts";
import { formatSize } from "./human.ts";

type Listed = FunctionVersions["versions"][number];

/** `live`, or `live 90 %` where weights send calls elsewhere. */
function aliasText({ name, share }: Listed["aliases"][number]): string {
  return share === 1 ? name : `${name} ${Math.round(share * 1_000) / 10} %`;
}

function cells(version: Listed, now: number): readonly string[] {
  const outcome = version.outcome === null || version.outcome === "live" ? "" : version.outcome;
  return [
    version.version,
    version.aliases.map(aliasText).join(", "),
    formatSize(version.sizeBytes),
    formatAge(version.createdAt, now),
    version.packageVersion ?? "",
    version.commit?.slice(0, 8) ?? "",
    version.digest?.slice(7, 19) ?? "",
    outcome,
  ];
}

/** The cell of a version's number, and of its size, are numbers. */
const RIGHT = new Set([0, 2]);

function rows({ versions }: FunctionVersions, now: number, colors: Colors): string[] {
  const head = ["version", "alias", "size", "published", "package", "commit", "digest", ""];
  const table = versions.map((version) => cells(version, now));
  const isEmpty = (column: number): boolean => table.every((row) => row[column] === "");
  const widths = head.map((title, column) =>
    isEmpty(column) ? 0 : Math.max(title.length, ...table.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string => {
    const shown = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      if (width === 0) return [];
      return [RIGHT.has(column) ? cell.padStart(width) : cell.padEnd(width)];
    });
    return `  ${shown.join("  ")}`.trimEnd();
  };
  return [colors.dim(line(head)), ...table.map(line)];
}

function notes(found: FunctionVersions, dryRun: boolean, colors: Colors): string[] {
  const { error, prunedVersions, freedBytes, stays } = found;
  const verb = dryRun ? "would be deleted" : "deleted";
  const gone = `${verb}: ${prunedVersions.join(", ")}, which frees ${formatSize(freedBytes)}`;
  const texts = prunedVersions.length === 0 ? [] : [gone];
  texts.push(...stays.map(({ version, why }) => `${version} stays: ${why}`));
  const told = texts.flatMap((text) => wrap(text, 76).map((line) => `  ${colors.dim(line)}`));
  return error === null ? told : [...told, formatProblem(error, colors)];
}

function heading({ target, account, region, versions, absent }: FunctionVersions, colors: Colors): string {
  const place = [account, region].filter((part) => part !== null).join(" · ");
  const bytes = versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const count = `${versions.length} version${versions.length === 1 ? "" : "s"}, ${formatSize(bytes)}`;
  return `${colors.bold(target)}  ${colors.dim(place)}  ${absent ? colors.yellow("absent") : count}`;
}

/** Every function with its versions, the newest first, in 80 columns unless versions have many aliases. */
export function formatVersions(
  all: readonly FunctionVersions[],
  dryRun: boolean,
  now: number,
  colors: Colors,
): string {
  return all
    .map((found) => {
      const table = found.versions.length === 0 ? [] : rows(found, now, colors);
      return [heading(found, colors), ...table, ...notes(found, dryRun, colors)].join("\n");
    })
    .join("\n\n");
}

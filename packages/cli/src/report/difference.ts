import type { Difference, FileDifference, PackageDifference, Report, TargetReport } from "@sluice/core";
import type { Colors } from "../terminal/colors.ts";
import { formatSize } from "./human.ts";

/** Columns of a name, before its sizes or versions. */
const NAME_WIDTH = 44;

type Sign = "+" | "−" | "~";

/** One line: what it is about, and what it was and is. */
interface Line {
  readonly sign: Sign;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

const signOf = (before: unknown, after: unknown): Sign =>
  before === null ? "+" : after === null ? "−" : "~";

const fileLine = ({ path, before, after }: FileDifference): Line => ({
  sign: signOf(before, after),
  name: path,
  before: formatSize(before),
  after: formatSize(after),
});

const packageLine = ({ name, before, after }: PackageDifference): Line => ({
  sign: signOf(before, after),
  name,
  before: before ?? "",
  after: after ?? "",
});

/** The end of a path says more than its beginning. */
function shorten(name: string): string {
  return name.length <= NAME_WIDTH ? name : `…${name.slice(name.length - NAME_WIDTH + 1)}`;
}

function formatLine(
  line: Line,
  widths: { readonly name: number; readonly before: number },
  colors: Colors,
): string {
  const { sign, before, after } = line;
  const paint = sign === "+" ? colors.green : sign === "−" ? colors.red : colors.cyan;
  const name = shorten(line.name).padEnd(widths.name);
  const was = before.padStart(widths.before);
  const told =
    before !== "" && after !== "" ? `${was} → ${after}` : before !== "" ? was : after.padStart(widths.before);
  return `      ${paint(sign)} ${name}  ${colors.dim(told)}`;
}

/** As many lines as may be, and how many more there are of what. */
function formatLines(
  lines: readonly Line[],
  what: string,
  limit: number,
  colors: Colors,
  shown: readonly Line[] = lines.slice(0, limit),
): string[] {
  const widths = {
    name: Math.max(0, ...shown.map(({ name }) => shorten(name).length)),
    before: Math.max(0, ...shown.map(({ before, after }) => (before || after).length)),
  };
  const rest = lines.length - shown.length;
  const more = rest > 0 && limit > 0 ? [`      ${colors.dim(`… ${rest} more ${what} (--diff)`)}`] : [];
  return [...shown.map((line) => formatLine(line, widths, colors)), ...more];
}

/** Where not all are shown: the files that change by most bytes, in their order. */
function biggest({ files }: Difference, limit: number): readonly Line[] {
  const bytes = ({ before, after }: FileDifference): number => Math.abs((after ?? 0) - (before ?? 0));
  const shown = new Set(files.toSorted((one, other) => bytes(other) - bytes(one)).slice(0, limit));
  return files.filter((file) => shown.has(file)).map(fileLine);
}

function formatCounts({ files, packages, zipBytes }: Difference): string {
  const count = (sign: Sign): number =>
    files.filter(({ before, after }) => signOf(before, after) === sign).length;
  const counts = (["+", "−", "~"] as const).map((sign) => [sign, count(sign)] as const);
  const shown = counts.filter(([, number]) => number > 0).map(([sign, number]) => `${sign}${number}`);
  const bytes = zipBytes.after - zipBytes.before;
  const size = `${bytes < 0 ? "−" : "+"}${formatSize(Math.abs(bytes))} zipped`;
  const noun = files.length === 1 ? "file" : "files";
  const about = files.length === 0 ? "the same files, packed otherwise" : `${shown.join(" ")} ${noun}`;
  const changed = packages?.length ?? 0;
  const ofPackages = changed === 0 ? [] : [`${changed} ${changed === 1 ? "package" : "packages"}`];
  return [about, ...ofPackages, size].join(", ");
}

/** Lines for the files of a target, and for its packages; of many targets only how many there are. */
const LINES = 10;
const FEW_TARGETS = 5;

/** What is shown of the differences of a report's targets. */
export function differenceLines(
  { targets }: Pick<Report, "targets">,
  colors: Colors,
  everything: boolean,
): (row: TargetReport) => readonly string[] {
  const count = targets.filter(({ difference }) => difference !== undefined).length;
  const limit = everything ? Number.POSITIVE_INFINITY : count > FEW_TARGETS ? 0 : LINES;
  return ({ difference }) => (difference === undefined ? [] : formatDifference(difference, colors, limit));
}

/**
 * What a plan changes of what is live: one line of counts, then packages and files.
 *
 * @param limit - lines for each; 0 for the counts alone
 */
export function formatDifference(difference: Difference, colors: Colors, limit: number): string[] {
  return [
    `    ${formatCounts(difference)}`,
    ...formatLines((difference.packages ?? []).map(packageLine), "packages", limit, colors),
    ...formatLines(difference.files.map(fileLine), "files", limit, colors, biggest(difference, limit)),
  ];
}

import { MAXIMUM_UNZIPPED_BYTES } from "@sluice/artifact";
import { type Analysis, type Duplicate, labelOf, type Part, type PartKind } from "@sluice/bundler";
import type { Colors } from "../terminal/colors.ts";
import { wrap } from "../terminal/problems.ts";
import { formatSize } from "./human.ts";

/** How many parts are shown each by itself. */
const ROWS = 12;
const NAME_WIDTH = 37;
const BAR_WIDTH = 12;

/** What a part is called in a table. */
export function partName(part: Part): string {
  if (part.kind === "own") return part.folder === "." ? "own code" : `own code in ${part.name}`;
  if (part.kind === "copied") return `${labelOf(part)} (copied)`;
  if (part.kind === "library") return `${part.name} (shared libraries)`;
  return part.kind === "asset" && part.modules.length > 1 ? `${part.name}/` : labelOf(part);
}

/** A name in `width` characters: its end tells more than its middle. */
function shorten(name: string, width: number): string {
  const characters = [...name];
  if (characters.length <= width) return name.padEnd(width + name.length - characters.length);
  const end = Math.ceil((width - 1) / 2);
  return `${characters.slice(0, width - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}

/** `12 %`; below one percent with one digit, so that nothing looks like nothing. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  return `${percent > 0 && percent < 0.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** In eighths of a character, which the last one shows. */
function bar(share: number): string {
  const eighths = Math.round(share * BAR_WIDTH * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (["", ..."▏▎▍▌▋▊▉"][eighths % 8] ?? "");
}

function row(name: string, zipped: number, bytes: number, share: number): string {
  const sizes = [formatSize(zipped), formatSize(bytes)].map((text) => text.padStart(9)).join(" ");
  return `  ${shorten(name, NAME_WIDTH)} ${sizes} ${formatShare(share).padStart(6)}  ${bar(share)}`.trimEnd();
}

function partRows(analysis: Analysis, colors: Colors): string[] {
  const total = Math.max(1, analysis.sizeBytes);
  const shown = analysis.parts.slice(0, ROWS);
  const rest = analysis.parts.slice(shown.length);
  const head = `  ${"part".padEnd(NAME_WIDTH)} ${"zipped".padStart(9)} ${"unzipped".padStart(9)} ${"share".padStart(6)}`;
  const rows = shown.map((part) =>
    row(partName(part), part.zippedBytes, part.bytes, part.zippedBytes / total),
  );
  if (rest.length > 0) {
    const zipped = rest.reduce((sum, part) => sum + part.zippedBytes, 0);
    const bytes = rest.reduce((sum, part) => sum + part.bytes, 0);
    rows.push(row(`and ${rest.length} more`, zipped, bytes, zipped / total));
  }
  return [colors.dim(head), ...rows];
}

/** A sentence in 80 columns, its lines after the first a little further in; sizes are not broken. */
function block(text: string, indent = 2): string[] {
  const lines = wrap(text.replace(/(\d) (k?B|MB)\b/g, "$1\u00a0$2"), 78 - indent);
  return lines.map(
    (line, index) => " ".repeat(index === 0 ? indent : indent + 2) + line.replaceAll("\u00a0", " "),
  );
}

const KINDS: readonly (readonly [string, readonly PartKind[]])[] = [
  ["own code", ["own", "bundler"]],
  ["packages", ["bundled", "wheel"]],
  ["shared libraries", ["library"]],
  ["copied", ["copied"]],
  ["maps", ["map"]],
  ["assets", ["asset"]],
  ["licences", ["license"]],
];

/** `own code 2.1 kB, packages 201.0 kB, maps 473.5 kB`: zipped. */
function formatKinds(parts: readonly Part[]): string {
  return KINDS.flatMap(([name, kinds]) => {
    const own = parts.filter((part) => kinds.includes(part.kind));
    return own.length === 0
      ? []
      : `${name} ${formatSize(own.reduce((sum, part) => sum + part.zippedBytes, 0))}`;
  }).join(", ");
}

function duplicateLines(duplicate: Duplicate, colors: Colors): string[] {
  const { name, copies, savedBytes } = duplicate;
  const head = `${name} is here ${copies.length} times; with one of them the zip is ${formatSize(savedBytes)} smaller.`;
  const lines = copies.flatMap((copy) => {
    const path = copy.via.length === 0 ? copy.folder : copy.via.join(" → ");
    const text = `${copy.version ?? "?"}, ${formatSize(copy.zippedBytes)}, by ${path}`;
    return block(text, 4).map(colors.dim);
  });
  return [...block(head), ...lines];
}

function budgetLine(analysis: Analysis, colors: Colors): string[] {
  const { maxSizeBytes: budget, sizeBytes } = analysis;
  if (budget === null) return [];
  const over = sizeBytes - budget;
  if (over > 0) return [colors.red(`  ${formatSize(over)} over its budget of ${formatSize(budget)}`)];
  return [`  ${formatSize(-over)} left of its budget of ${formatSize(budget)}`];
}

function outside(analysis: Analysis): string[] {
  const lines = [];
  if (analysis.layers.length > 0) lines.push(`In layers: ${analysis.layers.map(labelOf).join(", ")}`);
  if (analysis.provided.length > 0) lines.push(`Left to the runtime: ${analysis.provided.join(", ")}`);
  return lines.flatMap((line) => block(line));
}

/** The name with its sizes beside it, or below where they do not fit. */
function heading({ function: name, sizeBytes, unzippedBytes }: Analysis, colors: Colors): string[] {
  const ofLimit = formatShare(unzippedBytes / MAXIMUM_UNZIPPED_BYTES);
  const sizes = `${formatSize(sizeBytes)} zipped, ${formatSize(unzippedBytes)} unzipped (${ofLimit} of AWS's 250 MB)`;
  const isLong = name.length + 2 + sizes.length > 80;
  return isLong ? [colors.bold(name), ...block(sizes)] : [`${colors.bold(name)}  ${sizes}`];
}

/** What takes the space in one function, for people, in 80 columns. */
export function formatAnalysis(analysis: Analysis, colors: Colors): string {
  const notes = [
    ...analysis.duplicates.flatMap((duplicate) => duplicateLines(duplicate, colors)),
    ...outside(analysis),
    ...budgetLine(analysis, colors),
  ];
  return [
    ...heading(analysis, colors),
    ...block(formatKinds(analysis.parts)),
    "",
    ...partRows(analysis, colors),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ].join("\n");
}

import type { Wheel } from "./wheel.ts";
import { normalizeName } from "./wheel-name.ts";

/** What a wheel says of itself (PyPA, "Core metadata specifications"), for the inventory. */
export interface WheelMetadata {
  /** As the package spells it: `PyYAML`. */
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, else the text of its classifiers or of the old field; `null` when none says it in a line. */
  readonly license: string | null;
  /** Requirements with their markers, as PEP 508 has them. */
  readonly requires: readonly string[];
  /** Normalized names of its extras. */
  readonly extras: readonly string[];
  /** Version specifiers, as `>=3.9`. */
  readonly requiresPython: string | null;
  /** Group → name → `module:object`, of entry_points.txt. */
  readonly entryPoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Longer ones are the licence's text, not its name. */
const LONGEST_LICENSE_NAME = 100;

function textOf(wheel: Wheel, name: string): string {
  const file = wheel.files.find(({ path }) => path === `${wheel.info}/${name}`);
  return file === undefined ? "" : Buffer.from(file.bytes).toString("utf8");
}

/** Header fields up to the first empty line, names in lower case, each with all of its values; folded lines are joined. */
function readHeaders(text: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line === "") break;
    if (/^[ \t]/.test(line)) {
      last?.push(`${last.pop() ?? ""}\n${line.trim()}`);
      continue;
    }
    const [, name = "", value = ""] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? [];
    last = headers.get(name.toLowerCase()) ?? [];
    headers.set(name.toLowerCase(), last);
    last.push(value.trim());
  }
  return headers;
}

function licenseOf(headers: ReadonlyMap<string, readonly string[]>): string | null {
  const expression = headers.get("license-expression")?.[0];
  if (expression) return expression;
  const classifiers = (headers.get("classifier") ?? [])
    .filter((classifier) => classifier.startsWith("License ::"))
    .map((classifier) => classifier.split("::").at(-1)?.trim() ?? "")
    // A heading of the list, which says nothing by itself.
    .filter((license) => license !== "" && license !== "OSI Approved");
  if (classifiers.length > 0) return classifiers.join(", ");
  const old = headers.get("license")?.[0] ?? "";
  const isName = old !== "" && old !== "UNKNOWN" && old.length <= LONGEST_LICENSE_NAME && !old.includes("\n");
  return isName ? old : null;
}

/** Sections with `name = value` lines (PyPA, "Entry points specification"). */
function readEntryPoints(text: string): Record<string, Record<string, string>> {
  const groups: Record<string, Record<string, string>> = {};
  let group: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[([^\]]+)\]\s*$/.exec(line) ?? [];
    const [, name, value] = /^([^#;=]+?)\s*=\s*(.+?)\s*$/.exec(line.trim()) ?? [];
    if (section !== undefined) {
      group = groups[section.trim()] ?? {};
      groups[section.trim()] = group;
    } else if (name !== undefined && value !== undefined) group[name] = value;
  }
  return groups;
}

/** Reads METADATA and entry_points.txt. What is missing there is taken from the wheel's file name, or empty. */
export function readMetadata(wheel: Wheel): WheelMetadata {
  const headers = readHeaders(textOf(wheel, "METADATA"));
  return {
    name: headers.get("name")?.[0] ?? wheel.name,
    version: headers.get("version")?.[0] ?? wheel.version,
    license: licenseOf(headers),
    requires: headers.get("requires-dist") ?? [],
    extras: (headers.get("provides-extra") ?? []).map(normalizeName),
    requiresPython: headers.get("requires-python")?.[0] ?? null,
    entryPoints: readEntryPoints(textOf(wheel, "entry_points.txt")),
  };
}

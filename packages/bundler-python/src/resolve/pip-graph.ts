import { environmentOf } from "../markers/environment.ts";
import { evaluateMarker } from "../markers/evaluate.ts";
import type { PythonTarget } from "../target.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import type { ReportedPackage } from "./pip-report.ts";
import type { Parents } from "./provided.ts";

/** A requirement of PEP 508, taken apart. */
interface Wanted {
  readonly name: string;
  readonly extras: readonly string[];
  /** Without its marker. */
  readonly text: string;
  readonly marker: string;
}

const REQUIREMENT = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?[^;]*/;

function parse(requirement: string): Wanted | null {
  const [text, name, extras = ""] = REQUIREMENT.exec(requirement) ?? [];
  if (text === undefined || name === undefined) return null;
  const marker = requirement.slice(text.length).replace(/^;/, "").trim();
  const listed = extras.split(",").map((extra) => extra.trim());
  return {
    name: normalizeName(name),
    extras: listed.filter((extra) => extra !== ""),
    text: text.trim(),
    marker,
  };
}

function wantedBy(one: ReportedPackage, extras: readonly string[], target: PythonTarget): Wanted[] {
  const environment = environmentOf(target, extras);
  return (one.metadata.requires_dist ?? [])
    .map(parse)
    .filter((wanted) => wanted !== null)
    .filter(({ marker }) => marker === "" || evaluateMarker(marker, environment));
}

/** What the target needs of what pip reports. */
export interface Needed {
  readonly names: ReadonlySet<string>;
  /** Requirements that hold for the target and that pip, which reads markers for the interpreter it runs on, has passed over. */
  readonly missing: readonly string[];
}

/**
 * Walks from what requirements name to all that it needs on the target, and not through what is provided.
 *
 * @param provided - normalized names
 */
export function neededOnTarget(
  packages: readonly ReportedPackage[],
  target: PythonTarget,
  provided: readonly string[],
): Needed {
  const byName = new Map(packages.map((one) => [normalizeName(one.metadata.name), one]));
  const extrasOf = new Map<string, Set<string>>();
  const missing = new Set<string>();
  const queue: { readonly name: string; readonly extras: readonly string[] }[] = packages
    .filter(({ requested }) => requested)
    .map(({ metadata, requested_extras: extras = [] }) => ({ name: normalizeName(metadata.name), extras }));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { name, extras } = next;
    const one = byName.get(name);
    const known = extrasOf.get(name);
    if (one === undefined || provided.includes(name)) continue;
    if (known !== undefined && extras.every((extra) => known.has(extra))) continue;
    const all = new Set([...(known ?? []), ...extras]);
    extrasOf.set(name, all);
    for (const wanted of wantedBy(one, [...all], target)) {
      if (byName.has(wanted.name)) queue.push(wanted);
      else if (!provided.includes(wanted.name)) missing.add(wanted.text);
    }
  }
  return { names: new Set(extrasOf.keys()), missing: [...missing].sort() };
}

/** Who needs whom on the target, of a list that has everything. */
export function parentsOf(packages: readonly ReportedPackage[], target: PythonTarget): Parents {
  const parents = new Map(packages.map(({ metadata }) => [normalizeName(metadata.name), [] as string[]]));
  for (const one of packages)
    for (const { name } of wantedBy(one, one.requested_extras ?? [], target))
      parents.get(name)?.push(normalizeName(one.metadata.name));
  return parents;
}

const LINE = /^((?:[^;@]|@(?!\s))+?|[^@]+@\s+.*?\s);\s*(.*?)(\s+--hash=.*)?$/;

/**
 * Lines of requirements.txt for the target alone, without markers, which pip would read for the interpreter that it runs on, and
 * without what is provided: that may be in no index.
 */
export function linesFor(text: string, target: PythonTarget, provided: readonly string[]): string {
  const environment = environmentOf(target);
  return text
    .split("\n")
    .filter((line) => !provided.includes(parse(line)?.name ?? ""))
    .flatMap((line) => {
      const [, body, marker, hashes = ""] = line.startsWith("-") ? [] : (LINE.exec(line) ?? []);
      if (body === undefined || marker === undefined) return line;
      return evaluateMarker(marker, environment) ? `${body.trim()}${hashes}` : [];
    })
    .join("\n");
}

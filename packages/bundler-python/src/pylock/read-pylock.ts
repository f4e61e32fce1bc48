import { environmentOf, type MarkerEnvironment } from "../markers/environment.ts";
import { evaluateMarker } from "../markers/evaluate.ts";
import type { LocalProject, ResolvedWheel } from "../resolution.ts";
import type { PythonTarget } from "../target.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { createReader, type Reader, readDocument, type Table } from "./document.ts";
import { pylockErrors } from "./errors.ts";
import { type Entry, fitsPython, type PylockFlaw, type Selected, selectSource } from "./package.ts";

export interface PylockOptions {
  /** Absolute path of the folder that paths in the lock start from. */
  readonly folder: string;
  readonly target: PythonTarget;
  readonly extras: readonly string[];
  /** On top of the lock's `default-groups`. */
  readonly groups: readonly string[];
  /** Normalized name → hexadecimal SHA-256 sums that are allowed; a package that is not in it may have any. */
  readonly allowedHashes?: ReadonlyMap<string, readonly string[]>;
  /** What the lock is called in errors. */
  readonly where: string;
}

export interface Pylock {
  /** Sorted by name. */
  readonly wheels: readonly ResolvedWheel[];
  /** Sorted by name; the lock's own project may be among them. */
  readonly projects: readonly LocalProject[];
  /** Packages that are meant for the target and cannot be packed; sorted by name. */
  readonly flaws: readonly PylockFlaw[];
}

/** Refuses names that the lock does not have; one that does not list its names is not asked. */
function checkSelection(document: Table, reader: Reader, options: PylockOptions): void {
  const kinds = [
    ["extra", "extras", options.extras],
    ["group", "dependency-groups", options.groups],
  ] as const;
  for (const [kind, key, wanted] of kinds) {
    const known = reader.texts(document, key);
    const names = new Set(known?.map(normalizeName));
    const unknown = wanted.find((name) => !names.has(normalizeName(name)));
    if (known !== null && unknown !== undefined)
      throw pylockErrors.selection(options.where, kind, unknown, known);
  }
}

function checkTarget(
  document: Table,
  reader: Reader,
  environment: MarkerEnvironment,
  { target, where }: PylockOptions,
): void {
  const requires = reader.text(document, "requires-python");
  if (requires !== null && !fitsPython(requires, target))
    throw pylockErrors.target(where, `it needs Python ${requires}, and ${target.runtime} is asked for`);
  const environments = reader.texts(document, "environments") ?? [];
  if (environments.length > 0 && !environments.some((marker) => evaluateMarker(marker, environment, where)))
    throw pylockErrors.target(
      where,
      `it covers ${environments.join(" | ")}, and ${target.runtime} on Linux ${target.architecture} is asked for`,
    );
}

/** The entry of `packages` when it is meant for the target, else `null`. */
function entryOf(table: Table, environment: MarkerEnvironment, where: string): Entry | null {
  const written = table["name"];
  if (typeof written !== "string" || written === "")
    throw pylockErrors.invalid(where, "a package has no `name`");
  const reader = createReader(`${where}: packages.${written}`);
  const marker = reader.text(table, "marker");
  if (marker !== null && !evaluateMarker(marker, environment, `${where}: packages.${written}`)) return null;
  return { table, reader, name: normalizeName(written), version: reader.text(table, "version") };
}

/** Takes the one entry of a name; several are an error of the lock (PEP 751). */
function selectOne(name: string, entries: readonly Entry[], options: PylockOptions): Selected {
  const [entry, ...others] = entries;
  if (entry !== undefined && others.length === 0) return selectSource(entry, options);
  const versions = entries.map(({ version }) => version ?? "without version").join(", ");
  const why = `several of its entries are meant for ${options.target.runtime}: ${versions}`;
  return { flaw: { name, version: null, kind: "ambiguous", why, files: [] } };
}

function groupByName(entries: readonly Entry[]): [name: string, entries: Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.name, [...(groups.get(entry.name) ?? []), entry]);
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * Reads a pylock.toml (PEP 751), as lockers and uv's `--format pylock.toml` write it, and chooses a wheel for each package that is
 * meant for the target.
 *
 * @throws `SLUICE_PYTHON_PYLOCK_INVALID`, `SLUICE_PYTHON_PYLOCK_TARGET`, `SLUICE_PYTHON_PYLOCK_SELECTION`,
 * `SLUICE_PYTHON_MARKER_INVALID`
 */
export function readPylock(text: string, options: PylockOptions): Pylock {
  const { where } = options;
  const document = readDocument(text, where);
  const reader = createReader(where);
  checkSelection(document, reader, options);
  const groups = [...(reader.texts(document, "default-groups") ?? []), ...options.groups];
  const environment = environmentOf(options.target, options.extras, groups);
  checkTarget(document, reader, environment, options);
  const entries = reader
    .tables(document, "packages")
    .map((table) => entryOf(table, environment, where))
    .filter((entry) => entry !== null);
  const selected = groupByName(entries).map(([name, ofName]) => selectOne(name, ofName, options));
  return {
    wheels: selected.flatMap((one) => ("wheel" in one ? one.wheel : [])),
    projects: selected.flatMap((one) => ("project" in one ? one.project : [])),
    flaws: selected.flatMap((one) => ("flaw" in one ? one.flaw : [])),
  };
}

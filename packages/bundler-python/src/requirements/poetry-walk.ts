import { compareVersions, parseVersion } from "../markers/version.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { applies } from "./applies.ts";
import { requirementErrors } from "./errors.ts";
import { allowsPython, meetsConstraint } from "./poetry-constraint.ts";
import type { PoetryLock, PoetryPackage } from "./poetry-package.ts";
import { groupTable, wantedExtras, wantedGroups } from "./poetry-select.ts";
import type { Reading } from "./reading.ts";
import { parseRequirement } from "./requirement.ts";
import { isTable, type Table, tableAt, textOf, textsOf } from "./toml.ts";

/** A dependency as Poetry has it. */
interface Wanted {
  /** Normalized. */
  readonly name: string;
  readonly constraint: string;
  readonly extras: readonly string[];
  readonly marker: string | null;
  /** Poetry's constraint on Python. */
  readonly python: string;
  readonly optional: boolean;
}

/**
 * Packages of a lockfile before format 2.1, which does not say who needs them: found by following the dependencies from what
 * pyproject.toml asks for.
 */
export function selectByWalking(reading: Reading, poetry: PoetryLock): PoetryPackage[] {
  const { label, packages } = poetry;
  const found = new Map<PoetryPackage, Set<string>>();
  const follow = (wanted: Wanted, why: string): void => {
    const each = choose(reading, packages, wanted);
    if (each === null && wanted.optional) return;
    if (each === null)
      throw requirementErrors.lockInvalid(label, `${why} needs ${wanted.name}, which it does not hold.`);
    const known = found.get(each);
    const extras = wanted.extras.filter((extra) => known?.has(extra) !== true);
    if (known !== undefined && extras.length === 0) return;
    const all = new Set([...(known ?? []), ...extras]);
    found.set(each, all);
    for (const dependency of dependenciesOfPackage(each, [...all]))
      if (isWanted(reading, dependency, label, [...all])) follow(dependency, each.name);
  };
  for (const root of rootsOf(reading, poetry))
    if (isWanted(reading, root, label, [])) follow(root, "pyproject.toml");
  return [...found.keys()];
}

function isWanted(reading: Reading, wanted: Wanted, label: string, extras: readonly string[]): boolean {
  return (
    applies(reading, wanted.marker, `${label}: ${wanted.name}`, extras) &&
    (wanted.python === "*" || allowsPython(reading.run.target, wanted.python))
  );
}

/** Of several versions of a package: one that the runtime's Python and the dependency allow, the newest. */
function choose(reading: Reading, packages: readonly PoetryPackage[], wanted: Wanted): PoetryPackage | null {
  const named = packages.filter((each) => each.name === wanted.name);
  if (named.length <= 1) return named[0] ?? null;
  const fitting = named.filter(
    (each) =>
      allowsPython(reading.run.target, each.pythonVersions) &&
      meetsConstraint(each.version, wanted.constraint),
  );
  return [...(fitting.length === 0 ? named : fitting)].sort(newestFirst)[0] ?? null;
}

function newestFirst(a: PoetryPackage, b: PoetryPackage): number {
  const [left, right] = [parseVersion(a.version), parseVersion(b.version)];
  return left === null || right === null ? 0 : compareVersions(right, left);
}

/** Dependencies of a package, without those that are there for extras that nobody asked for. */
function dependenciesOfPackage(each: PoetryPackage, extras: readonly string[]): Wanted[] {
  const byExtras = new Set(
    Object.entries(each.extras)
      .filter(([name]) => extras.includes(normalizeName(name)))
      .flatMap(([, list]) => textsOf(list))
      .map((text) => parseRequirement(text.split(";")[0] ?? "")?.name),
  );
  return Object.entries(each.dependencies)
    .flatMap(([name, value]) => wantedOf(name, value))
    .filter(
      ({ optional, name, marker }) => !optional || byExtras.has(name) || /\bextra\b/.test(marker ?? ""),
    );
}

/** What pyproject.toml asks for: `[tool.poetry]`, its groups that are wanted, and `[project]`. */
function rootsOf(reading: Reading, poetry: PoetryLock): Wanted[] {
  const { project, lock, label } = poetry;
  if (project === null)
    throw requirementErrors.lockInvalid(
      label,
      "it needs the pyproject.toml that stood beside it when it was written.",
    );
  const table = tableAt(project.table, "tool", "poetry");
  const groups = wantedGroups(reading, poetry);
  const extras = wantedExtras(reading, poetry);
  const declared = { ...tableAt(lock, "extras"), ...tableAt(table, "extras") };
  const optional = new Set(
    Object.entries(declared)
      .filter(([name]) => extras.includes(normalizeName(name)))
      .flatMap(([, names]) => textsOf(names))
      .map((text) => parseRequirement(text)?.name),
  );
  const main = entriesOf(table["dependencies"]).filter((each) => !each.optional || optional.has(each.name));
  const grouped = groups.flatMap((group) => entriesOf(groupTable(project, group)["dependencies"]));
  const old = groups.includes("dev") ? entriesOf(table["dev-dependencies"]) : [];
  const standard = [...project.dependencies, ...extras.flatMap((extra) => project.extras.get(extra) ?? [])];
  return [...main, ...grouped, ...old, ...standard.flatMap(standardOf)].filter(
    ({ name }) => name !== "python",
  );
}

function entriesOf(value: unknown): Wanted[] {
  return Object.entries(tableAt(value)).flatMap(([name, entry]) => wantedOf(name, entry));
}

/** A version, a table, or several tables for several platforms or Pythons. */
function wantedOf(name: string, value: unknown): Wanted[] {
  if (Array.isArray(value)) return value.flatMap((each) => wantedOf(name, each));
  const table: Table = isTable(value) ? value : { version: value };
  const platform = textOf(table["platform"]);
  const markers = [textOf(table["markers"]), platform === null ? null : platformMarker(platform)].filter(
    (marker) => marker !== null,
  );
  return [
    {
      name: normalizeName(name),
      constraint: textOf(table["version"]) ?? "*",
      extras: textsOf(table["extras"]).map(normalizeName),
      marker: markers.length === 0 ? null : markers.map((marker) => `(${marker})`).join(" and "),
      python: textOf(table["python"]) ?? "*",
      optional: table["optional"] === true,
    },
  ];
}

function platformMarker(platform: string): string {
  const [, not, name] = /^(!=)?\s*(.*)$/.exec(platform) ?? [];
  return `sys_platform ${not ?? "=="} '${name}'`;
}

function standardOf(text: string): Wanted[] {
  const requirement = parseRequirement(text);
  if (requirement === null) return [];
  const { name, extras, marker, specifier } = requirement;
  return [
    { name, extras, marker, constraint: specifier === "" ? "*" : specifier, python: "*", optional: false },
  ];
}

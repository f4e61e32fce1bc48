import { dirname, resolve } from "node:path";
import { normalizeName } from "../wheels/wheel-name.ts";
import { requirementErrors } from "./errors.ts";
import { emptySet, readRequirements } from "./read-requirements.ts";
import { labelOf, type Reading } from "./reading.ts";
import { isTable, readToml, type Table, tableAt, textOf, textsOf } from "./toml.ts";

/** An entry of a dependency group: a requirement, or another group (PEP 735). */
export type GroupEntry = string | { readonly include: string };

/** What a pyproject.toml says about dependencies. Names are normalized, requirements are as written. */
export interface Project {
  /** Absolute path of the pyproject.toml. */
  readonly path: string;
  readonly folder: string;
  readonly label: string;
  readonly table: Table;
  /** `null` without a `[project]` table that has one. */
  readonly name: string | null;
  readonly dependencies: readonly string[];
  readonly extras: ReadonlyMap<string, readonly string[]>;
  readonly groups: ReadonlyMap<string, readonly GroupEntry[]>;
  /** Whether dependencies stand in other files that `[tool.setuptools.dynamic]` names. */
  readonly fromFiles: boolean;
  /** Whether only the build backend can tell the dependencies. */
  readonly fromBackend: boolean;
}

/**
 * @returns `null` for a file that does not exist
 * @throws SLUICE_PYTHON_PROJECT_INVALID
 */
export async function readProject(reading: Reading, path: string): Promise<Project | null> {
  const table = await readToml(reading, path, "project");
  if (table === null) return null;
  const label = labelOf(reading, path);
  const project = tableAt(table, "project");
  const dynamic = new Set(textsOf(project["dynamic"]));
  const files = tableAt(table, "tool", "setuptools", "dynamic");
  const place: Place = { reading, path, label };
  const own = dynamic.has("dependencies") ? await dynamicList(place, files["dependencies"]) : null;
  const extras = mapOf(
    place,
    project["optional-dependencies"],
    "project.optional-dependencies",
    requirementsOf,
  );
  if (dynamic.has("optional-dependencies"))
    for (const [name, entry] of Object.entries(tableAt(files, "optional-dependencies")))
      extras.set(normalizeName(name), (await dynamicList(place, entry)) ?? []);
  return {
    path,
    folder: dirname(path),
    label,
    table,
    name: textOf(project["name"]) === null ? null : normalizeName(String(project["name"])),
    dependencies: own ?? requirementsOf(place, project["dependencies"] ?? [], "project.dependencies"),
    extras,
    groups: groupsOf(place, table),
    fromFiles:
      own !== null || (dynamic.has("optional-dependencies") && isTable(files["optional-dependencies"])),
    fromBackend:
      (dynamic.has("dependencies") && own === null) ||
      (dynamic.has("optional-dependencies") && !isTable(files["optional-dependencies"])),
  };
}

interface Place {
  readonly reading: Reading;
  readonly path: string;
  readonly label: string;
}

function requirementsOf(place: Place, value: unknown, key: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw requirementErrors.projectInvalid(place.label, `\`${key}\` is to be a list of texts.`);
}

function mapOf<T>(
  place: Place,
  value: unknown,
  key: string,
  read: (place: Place, value: unknown, key: string) => T,
): Map<string, T> {
  if (value === undefined) return new Map();
  if (!isTable(value)) throw requirementErrors.projectInvalid(place.label, `\`${key}\` is to be a table.`);
  return new Map(
    Object.entries(value).map(([name, list]) => [normalizeName(name), read(place, list, `${key}.${name}`)]),
  );
}

/** Groups of PEP 735, with the lists that uv and PDM had before it. */
function groupsOf(place: Place, table: Table): Map<string, readonly GroupEntry[]> {
  const groups: Map<string, readonly GroupEntry[]> = mapOf(
    place,
    table["dependency-groups"],
    "dependency-groups",
    groupEntries,
  );
  const pdm = mapOf(
    place,
    tableAt(table, "tool", "pdm")["dev-dependencies"],
    "tool.pdm.dev-dependencies",
    requirementsOf,
  );
  for (const [name, entries] of pdm) groups.set(name, [...(groups.get(name) ?? []), ...entries]);
  const uv = tableAt(table, "tool", "uv")["dev-dependencies"];
  if (uv !== undefined)
    groups.set("dev", [
      ...(groups.get("dev") ?? []),
      ...requirementsOf(place, uv, "tool.uv.dev-dependencies"),
    ]);
  return groups;
}

function groupEntries(place: Place, value: unknown, key: string): GroupEntry[] {
  const entries = Array.isArray(value) ? value.map(groupEntry) : [null];
  if (entries.every((entry) => entry !== null)) return entries;
  const shape = 'a list of requirements and `{ include-group = "name" }`';
  throw requirementErrors.projectInvalid(place.label, `\`${key}\` is to be ${shape}.`);
}

function groupEntry(item: unknown): GroupEntry | null {
  if (typeof item === "string") return item;
  const include = isTable(item) ? textOf(item["include-group"]) : null;
  return include === null ? null : { include: normalizeName(include) };
}

/** Requirements in files that setuptools reads; `null` where something else tells them. */
async function dynamicList(place: Place, entry: unknown): Promise<string[] | null> {
  const file = isTable(entry) ? entry["file"] : undefined;
  const names = typeof file === "string" ? [file] : textsOf(file);
  if (names.length === 0) return null;
  const set = emptySet();
  const asked = { by: "`[tool.setuptools.dynamic]`", where: place.label };
  const folder = dirname(place.path);
  for (const name of names) await readRequirements(place.reading, set, resolve(folder, name), folder, asked);
  return set.requirements.map((requirement) => requirement.line);
}

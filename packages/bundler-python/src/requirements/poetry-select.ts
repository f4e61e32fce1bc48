import { normalizeName } from "../wheels/wheel-name.ts";
import { applies } from "./applies.ts";
import { requirementErrors } from "./errors.ts";
import type { PoetryLock, PoetryPackage } from "./poetry-package.ts";
import type { Project } from "./project.ts";
import type { Reading } from "./reading.ts";
import { type Table, tableAt, textOf, textsOf } from "./toml.ts";

/** Packages of a lockfile of format 2.1, which tells for each the groups that need it, and when. */
export function selectByGroups(reading: Reading, poetry: PoetryLock): PoetryPackage[] {
  const { label, packages } = poetry;
  const groups = wantedGroups(reading, poetry);
  const extras = wantedExtras(reading, poetry);
  return packages.filter((each) =>
    groups.some((group) => {
      if (each.groups?.includes(group) !== true) return false;
      const marker = typeof each.markers === "string" ? each.markers : markerOf(each.markers, group);
      return applies(reading, marker, `${label}: ${each.name}`, extras);
    }),
  );
}

function markerOf(markers: Table | null, group: string): string | null {
  const own = Object.entries(markers ?? {}).find(([name]) => normalizeName(name) === group);
  return textOf(own?.[1]);
}

/**
 * `main`, and the groups that the function names, with those that they include.
 *
 * @throws SLUICE_PYTHON_GROUP_UNKNOWN
 */
export function wantedGroups(reading: Reading, { label, packages, project }: PoetryLock): string[] {
  const { where, fn } = reading.run;
  const known = new Set([...packages.flatMap((each) => each.groups ?? []), ...declaredGroups(project)]);
  const wanted = new Set(["main"]);
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const included of textsOf(groupTable(project, name)["include-groups"])) add(normalizeName(included));
    for (const entry of project?.groups.get(name) ?? []) if (typeof entry !== "string") add(entry.include);
  };
  for (const group of fn.python.groups) {
    const name = normalizeName(group);
    if (!known.has(name)) {
      const others = [...known].filter((each) => each !== "main");
      throw requirementErrors.groupUnknown(`${where}.python.groups`, group, project?.label ?? label, others);
    }
    add(name);
  }
  return [...wanted];
}

/** `[tool.poetry.group.NAME]`, however its name is spelled. */
export function groupTable(project: Project | null, name: string): Table {
  const groups = Object.entries(tableAt(project?.table, "tool", "poetry", "group"));
  return tableAt(groups.find(([key]) => normalizeName(key) === name)?.[1]);
}

function declaredGroups(project: Project | null): string[] {
  const poetry = tableAt(project?.table, "tool", "poetry");
  const old = Object.hasOwn(poetry, "dev-dependencies") ? ["dev"] : [];
  return [
    ...Object.keys(tableAt(poetry, "group")).map(normalizeName),
    ...(project?.groups.keys() ?? []),
    ...old,
  ];
}

/**
 * Normalized names of the extras that the function names.
 *
 * @throws SLUICE_PYTHON_EXTRA_UNKNOWN
 */
export function wantedExtras(reading: Reading, { label, lock, project }: PoetryLock): string[] {
  const { where, fn } = reading.run;
  const declared = Object.keys(tableAt(project?.table, "tool", "poetry", "extras"));
  const locked = Object.keys(tableAt(lock, "extras"));
  const known = new Set([...[...locked, ...declared].map(normalizeName), ...(project?.extras.keys() ?? [])]);
  return fn.python.extras.map((extra) => {
    if (known.has(normalizeName(extra))) return normalizeName(extra);
    throw requirementErrors.extraUnknown(`${where}.python.extras`, extra, project?.label ?? label, [
      ...known,
    ]);
  });
}

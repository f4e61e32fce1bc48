import { dirname, join, relative, sep } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import { normalizeName } from "../wheels/wheel-name.ts";
import { keepIndex } from "./credentials.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import { requirementErrors } from "./errors.ts";
import { type Project, readProject } from "./project.ts";
import { uvIndexes } from "./project-requirements.ts";
import { isThere, labelOf, type Reading } from "./reading.ts";
import { readToml, type Table, tableAt, tablesOf, textOf } from "./toml.ts";
import { staleReason } from "./uv-fresh.ts";

/** The one major version of the format that there has been. */
const VERSION = 1;

/**
 * What a uv.lock says of one project.
 *
 * @param path - absolute path of the uv.lock
 * @param member - the workspace's member that the function belongs to; `null`: the project beside the lockfile
 * @throws SLUICE_PYTHON_LOCK_INVALID, SLUICE_PYTHON_LOCK_UNSUPPORTED, SLUICE_PYTHON_LOCK_STALE, SLUICE_PYTHON_GROUP_UNKNOWN,
 * SLUICE_PYTHON_EXTRA_UNKNOWN
 */
export async function fromUvLock(
  reading: Reading,
  path: string,
  member: Project | null,
): Promise<Dependencies | null> {
  const lock = await readToml(reading, path, "lock");
  if (lock === null) return null;
  const label = labelOf(reading, path);
  if (lock["version"] === undefined) throw requirementErrors.lockInvalid(label, "it tells no version.");
  if (lock["version"] !== VERSION)
    throw requirementErrors.lockUnsupported(label, String(lock["version"]), "uv lock");
  const root = await readProject(reading, join(dirname(path), "pyproject.toml"));
  for (const url of root === null ? [] : uvIndexes(root)) keepIndex(reading, url);
  const project = member ?? root;
  const { extras, groups } = reading.run.fn.python;
  if (project !== null) {
    const entry = entryOf(lock, dirname(path), project);
    const reason = staleReason(project, entry);
    if (reason !== null) throw requirementErrors.lockStale(label, project.label, reason, "uv lock");
    refuseUnknown(reading, project, entry);
    await readPathSources(reading, lock, dirname(path));
  }
  return dependenciesOf(reading, {
    kind: "uv",
    label,
    folder: dirname(path),
    unpinned: [],
    request: { type: "uv", extras, groups, member: member?.name ?? null },
  });
}

/** The lockfile's entry of a project: it holds the folder as its source. */
function entryOf(lock: Table, folder: string, project: Project): Table | null {
  const path = relative(folder, project.folder).split(sep).join("/") || ".";
  const packages = tablesOf(lock["package"]);
  return (
    packages.find(({ source }) =>
      ["virtual", "editable", "directory"].some((key) => tableAt(source)[key] === path),
    ) ?? null
  );
}

function refuseUnknown(reading: Reading, project: Project, entry: Table | null): void {
  const { where, fn } = reading.run;
  const dev = new Set([
    ...project.groups.keys(),
    ...Object.keys(tableAt(entry, "dev-dependencies")).map(normalizeName),
  ]);
  const optional = new Set([
    ...project.extras.keys(),
    ...Object.keys(tableAt(entry, "optional-dependencies")).map(normalizeName),
  ]);
  const group = fn.python.groups.find((name) => !dev.has(normalizeName(name)));
  if (group !== undefined)
    throw requirementErrors.groupUnknown(`${where}.python.groups`, group, project.label, [...dev]);
  const extra = fn.python.extras.find((name) => !optional.has(normalizeName(name)));
  if (extra !== undefined)
    throw requirementErrors.extraUnknown(`${where}.python.extras`, extra, project.label, [...optional]);
}

/** Descriptions of the projects of the same repository that are locked, since each has a part in the answer. */
async function readPathSources(reading: Reading, lock: Table, folder: string): Promise<void> {
  for (const { source } of tablesOf(lock["package"])) {
    const { virtual, editable, directory } = tableAt(source);
    const path = textOf(virtual) ?? textOf(editable) ?? textOf(directory);
    if (path !== null) await isThere(reading, join(folder, path, "pyproject.toml"));
  }
}

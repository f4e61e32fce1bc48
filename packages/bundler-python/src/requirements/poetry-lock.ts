import { dirname, join } from "node:path";
import type { Dependencies } from "../dependencies.ts";
import { dependenciesOf } from "./dependencies-of.ts";
import { requirementErrors } from "./errors.ts";
import { type LockedPackage, lockedRequest } from "./locked.ts";
import { allowsPython } from "./poetry-constraint.ts";
import { poetryHashes } from "./poetry-hash.ts";
import { type PoetryPackage, readPackages } from "./poetry-package.ts";
import { selectByGroups } from "./poetry-select.ts";
import { indexesOf, urlOf } from "./poetry-source.ts";
import { selectByWalking } from "./poetry-walk.ts";
import { type Project, readProject } from "./project.ts";
import { labelOf, type Reading } from "./reading.ts";
import { readToml, type Table, tableAt, textOf } from "./toml.ts";

/** Formats that tell for each package which groups need it. */
const GROUPED = /^2\.[1-9]/;

/**
 * What a poetry.lock says: the packages of the project, and of the groups and extras that the function names.
 *
 * @param path - absolute path of the poetry.lock
 * @returns `null` for a file that does not exist
 * @throws SLUICE_PYTHON_LOCK_INVALID, SLUICE_PYTHON_LOCK_UNSUPPORTED, SLUICE_PYTHON_LOCK_STALE, SLUICE_PYTHON_LOCK_OTHER_PYTHON,
 * SLUICE_PYTHON_GROUP_UNKNOWN, SLUICE_PYTHON_EXTRA_UNKNOWN
 */
export async function fromPoetryLock(reading: Reading, path: string): Promise<Dependencies | null> {
  const lock = await readToml(reading, path, "lock");
  if (lock === null) return null;
  const label = labelOf(reading, path);
  const folder = dirname(path);
  const format = textOf(tableAt(lock, "metadata")["lock-version"]);
  if (format === null || !/^[12]\./.test(format))
    throw requirementErrors.lockUnsupported(label, format ?? "of Poetry before 1.0", "poetry lock");
  const project = await readProject(reading, join(folder, "pyproject.toml"));
  if (project !== null) refuseStale(lock, label, project);
  refuseOtherPython(reading, lock, label);
  const packages = readPackages(lock, label);
  const poetry = { label, lock, packages, project };
  const selected = GROUPED.test(format) ? selectByGroups(reading, poetry) : selectByWalking(reading, poetry);
  const locked: LockedPackage[] = [];
  for (const each of selected) locked.push(await lockedPackage(reading, folder, label, each));
  return dependenciesOf(reading, {
    kind: "poetry",
    label,
    folder,
    unpinned: [],
    request: lockedRequest(locked, indexesOf(reading, selected)),
  });
}

async function lockedPackage(
  reading: Reading,
  folder: string,
  label: string,
  each: PoetryPackage,
): Promise<LockedPackage> {
  const url = await urlOf(reading, folder, label, each);
  return { name: each.name, version: url === null ? each.version : null, url, hashes: each.hashes };
}

function refuseStale(lock: Table, label: string, project: Project): void {
  const locked = textOf(tableAt(lock, "metadata")["content-hash"]);
  if (locked === null || poetryHashes(project.table).includes(locked)) return;
  throw requirementErrors.lockStale(label, project.label, "its content-hash is another one.", "poetry lock");
}

function refuseOtherPython(reading: Reading, lock: Table, label: string): void {
  const versions = textOf(tableAt(lock, "metadata")["python-versions"]);
  if (versions === null || allowsPython(reading.run.target, versions)) return;
  throw requirementErrors.lockOtherPython(label, versions, reading.run.target.runtime, "poetry lock");
}
